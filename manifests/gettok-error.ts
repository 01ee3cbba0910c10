/**
 * An error a person is meant to read: it names the thing, gives both sides, and says what to do next. The command line
 * prints its message alone; any other error is a defect and is printed with its stack.
 */
export abstract class GettokError extends Error {
  /** True when the command was used wrongly (exit code 2), false when its job failed (1). */
  readonly wrongUse: boolean = false;
}
