import type { CommandError, ErrorCode, FieldError, Problem } from '$protocol/wire';

export type ApiErrorCode = ErrorCode | (string & {});

/** A refusal, or an outcome that is not known. `status` is 0 when no server answered. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly errors: readonly FieldError[];
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;

  constructor(body: Partial<CommandError & Problem> & { code: string }) {
    super(body.detail ?? body.code);
    this.name = 'ApiError';
    this.code = body.code;
    this.status = body.status ?? 0;
    this.params = body.params ?? {};
    this.errors = body.errors ?? [];
    this.retryable = body.retryable ?? false;
    this.retryAfterMs = body.retry_after_ms ?? null;
    this.requestId = body.request_id ?? null;
  }

  /** No answer came: it may have happened or not, and may be asked again. */
  static unanswered(code: 'unavailable' | 'timeout', detail: string): ApiError {
    return new ApiError({ code, detail, retryable: true });
  }

  /** The error of one field of a form, if there is one. */
  field(name: string): FieldError | undefined {
    return this.errors.find((error) => error.field === name || error.field.endsWith(`.${name}`));
  }
}
