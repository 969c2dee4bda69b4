const S3 = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9!_.*'()/-]*)?$/;
const FILE = /^file:\/\/\/[^?#]+$/;

/** Why a URL cannot be an artifact store or a zone, or undefined when it can. */
export function storeUrlProblem(url: string): string | undefined {
  if (S3.test(url) || FILE.test(url)) return undefined;
  return `${JSON.stringify(url)} is neither s3://bucket/prefix nor file:///folder.`;
}
