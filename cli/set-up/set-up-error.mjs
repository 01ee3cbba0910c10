/** A part can't be brought to this machine: says what is missing and the one command that mends it. */
export class SetUpError extends Error {
  /**
   * @param {string} part
   * @param {string} missing
   * @param {string} mend a command, or a sentence where no single command will do
   * @param {string} [logTail] the last lines a failed command printed
   */
  constructor(part, missing, mend, logTail) {
    super(`${part}: ${missing}\nMend it with:  ${mend}`);
    this.name = 'SetUpError';
    this.part = part;
    this.missing = missing;
    this.mend = mend;
    this.logTail = logTail;
  }
}

/** A part which GET-Tok can do without is not to be had here: worth a line, not a failure. */
export class NotToBeHadError extends SetUpError {
  /**
   * @param {string} part
   * @param {string} missing
   * @param {string} mend
   */
  constructor(part, missing, mend) {
    super(part, missing, mend);
    this.name = 'NotToBeHadError';
  }
}
