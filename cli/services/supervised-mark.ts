/**
 * Variable in the environment of a supervisor and of everything it starts, naming the project: so that what is left can be
 * found, even after somebody has removed `.gettok/` with the record and the lock in it.
 */
export const SUPERVISED_MARK = 'GETTOK_SUPERVISED_BY';
