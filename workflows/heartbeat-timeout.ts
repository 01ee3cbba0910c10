/** In a run that was started before this was a setting. */
const USUAL_S = 20;

/** For how long a worker may say nothing of an activity before the activity is given to another, in milliseconds. */
export const heartbeatTimeout = ({ workerSilenceS = USUAL_S }: { readonly workerSilenceS?: number }): number =>
  workerSilenceS * 1000;
