/** Variable in the environment of everything a supervisor starts, naming its project: so that what is left can be found. */
export const SUPERVISED_MARK = 'GETTOK_SUPERVISED_BY';
