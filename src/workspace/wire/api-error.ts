import { HermesError } from '../../core/errors.ts';

/** Error codes of the REST API with their HTTP status. */
const statuses = {
  INVALID_PARAMETER_VALUE: 400,
  BAD_REQUEST: 400,
  INVALID_STATE: 400,
  MALFORMED_REQUEST: 400,
  QUOTA_EXCEEDED: 400,
  FEATURE_DISABLED: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_ALREADY_EXISTS: 409,
  INTERNAL_ERROR: 500,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;
export type ApiErrorCode = keyof typeof statuses;

/** A refusal as the REST API words it: `{"error_code", "message"}` with the status that belongs to the code. */
export class ApiError extends HermesError {
  readonly errorCode: ApiErrorCode;
  readonly status: (typeof statuses)[ApiErrorCode];

  constructor(errorCode: ApiErrorCode, message: string) {
    super(message, { code: errorCode });
    this.errorCode = errorCode;
    this.status = statuses[errorCode];
  }
}

/** The most frequent refusal: a value that the API does not take. */
export function invalidParameter(message: string): ApiError {
  return new ApiError('INVALID_PARAMETER_VALUE', message);
}
