/** Why a model gave a cell no values, a sentence for each code. */
export const MODEL_CODES = {
  engine_unavailable: 'No such model can be reached from here; the next run that finds one asks again by itself.',
  invalid_request: 'The provider refused this request as wrong, such as a file it does not take.',
  unparseable: 'The answer is not in the declared form, nor was it when asked once more.',
  provider_error: 'The provider gave no answer in any of the tries, while it answered others.',
  timed_out: 'No answer came within `timeout_s`, in any of the tries.',
} as const;

/** Those of questions in words, beside the above. */
export const QUESTION_CODES = {
  ...MODEL_CODES,
  no_input: 'Everything that the prompt names is missing for this row, and there is no image.',
  refused: 'The model declined to answer.',
  content_filtered: "The provider's filter stopped the question or the answer.",
  cut_off: 'The answer reached max_output_tokens, and four times as many when asked once more.',
} as const;
