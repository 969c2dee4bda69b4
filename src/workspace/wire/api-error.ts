import { HermesError } from '../../core/errors.ts';

/** Error codes of the REST API with their HTTP status. */
const statuses = {
  INVALID_PARAMETER_VALUE: 400,
  BAD_REQUEST: 400,
  INVALID_STATE: 400,
  MALFORMED_REQUEST: 400,
  QUOTA_EXCEEDED: 400,
  FEATURE_DISABLED: 400,
  DIRECTORY_NOT_EMPTY: 400,
  IO_ERROR: 400,
  MAX_BLOCK_SIZE_EXCEEDED: 400,
  MAX_NOTEBOOK_SIZE_EXCEEDED: 400,
  MAX_READ_SIZE_EXCEEDED: 400,
  RESOURCE_LIMIT_EXCEEDED: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  METASTORE_DOES_NOT_EXIST: 404,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_ALREADY_EXISTS: 409,
  INTERNAL_ERROR: 500,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;
export type ApiErrorCode = keyof typeof statuses;

/** A refusal as the REST API words it: `{"error_code", "message"}` with the status that belongs to the code. */
export class ApiError extends HermesError {
  readonly errorCode: ApiErrorCode;
  readonly status: number;
  /** Reason of the refusal for programs, in `details` of the answer; absent for most. */
  readonly reason?: string;

  /** @param change A status or a reason that this refusal has besides its code. */
  constructor(
    errorCode: ApiErrorCode,
    message: string,
    change: { readonly status?: number; readonly reason?: string } = {},
  ) {
    super(message, { code: errorCode });
    this.errorCode = errorCode;
    this.status = change.status ?? statuses[errorCode];
    if (change.reason !== undefined) this.reason = change.reason;
  }
}

/** The most frequent refusal: a value that the API does not take. */
export function invalidParameter(message: string): ApiError {
  return new ApiError('INVALID_PARAMETER_VALUE', message);
}
