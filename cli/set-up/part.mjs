/**
 * What `find` answers: the part is there and can be used.
 *
 * @typedef {object} Found
 * @property {string} version what the part says of itself
 * @property {string} from where it came from, for a person to read
 * @property {string} path the file or folder to use
 * @property {string} [weights] speech engine only: the folder with the model's weights
 */

/**
 * One thing GET-Tok needs on a machine. `main.mjs` installs parts, `gettok doctor` lists them and the services start
 * from them, so that all three always mean the same file.
 *
 * @typedef {object} Part
 * @property {string} name as a person reads it
 * @property {boolean} needed false: GET-Tok works without it, with less
 * @property {string} [without] what GET-Tok then does, for a part that isn't needed
 * @property {string} mend the one command that brings the part
 * @property {() => Promise<Found | null>} find cheap (no network), null when the part is missing; throws a SetUpError when
 *   a setting names something unusable
 * @property {(say: (doing: string) => void) => Promise<Found>} install throws a SetUpError, or a NotToBeHadError for a part
 *   which can be done without
 */

/**
 * Gives a part its type where it is declared.
 *
 * @param {Part} part
 * @returns {Readonly<Part>}
 */
export const definePart = (part) => Object.freeze(part);
