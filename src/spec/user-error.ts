/** A problem that the user can mend; the command line prints message and hint and exits with 2. */
export class UserError extends Error {
  /** Name for scripts, such as `PYTHON_NOT_FOUND`. */
  readonly code: string;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: string, message: string, hint: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'UserError';
    this.code = code;
    this.hint = hint;
  }
}
