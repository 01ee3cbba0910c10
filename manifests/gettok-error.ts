/**
 * An error a person is meant to read: it names the thing, gives both sides, and says what to do next. The command line
 * prints its message alone; any other error is a defect and is printed with its stack.
 */
export abstract class GettokError extends Error {}
