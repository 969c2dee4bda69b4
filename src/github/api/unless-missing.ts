import { requestFailure } from './request-failure.ts';

/** The answer, or undefined for 404 and what else means that nothing is there. */
export async function unlessMissing<T>(
  answer: Promise<T>,
  ...also: readonly number[]
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const { status, isPage } = requestFailure(error) ?? {};
    if ((status === 404 && isPage !== true) || (status !== undefined && also.includes(status)))
      return undefined;
    throw error;
  }
}
