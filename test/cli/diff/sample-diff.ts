import type { VersionDiff } from '../../../datasets/diff/version-diff.ts';
import { sha256 } from '../../../manifests/digest.ts';

const MODEL = { provider: 'openai', model: 'gpt-4o-2024-11-20' };

/** Two versions that differ in one prompt and one model, with texts that want to be more than text. */
export const SAMPLE_DIFF: VersionDiff = {
  a: { dataset: 'peru-2022', version: sha256('a') },
  b: { dataset: 'peru-2022', version: sha256('b') },
  rows: {
    a: 43_697,
    b: 43_686,
    in_both: 43_685,
    changed: 3_921,
    added: { rows: 1, causes: [{ cause: 'new row', count: 1 }], ids: ['7203311094526659999'] },
    removed: {
      rows: 12,
      causes: [{ cause: 'withdrawn', count: 12 }],
      ids: ['7203311094526650001', '<script>alert(1)</script>'],
    },
  },
  configuration: [
    { step: 'stance', cause: 'model', name: 'model', old: MODEL, new: { ...MODEL, model: 'gpt-5.1-2025-11-13' } },
    {
      step: 'stance',
      cause: 'prompt',
      name: 'prompt',
      old: { prompt: sha256('old') },
      new: { prompt: sha256('new') },
    },
    { step: 'frames', cause: 'parameters (every_nth)', name: 'every_nth', old: null, new: 150 },
  ],
  columns: [
    {
      column: 'video.video_description',
      step: 'video',
      name: 'video_description',
      changed: 2,
      causes: [
        { cause: 'refresh', count: 1 },
        { cause: 'source', count: 1 },
      ],
      moved: null,
      samples: [
        {
          id: '7203311094526659846',
          old: 'La marcha llega a la plaza San Martín con banderas, y la gente pide que cierren el Congreso hoy mismo',
          new: 'La marcha llega a la plaza Dos de Mayo con banderas, y la gente pide que cierren el Congreso mañana mismo',
          cause: 'refresh',
        },
        {
          id: '=HYPERLINK("x")',
          old: null,
          new: '<img src=x onerror=alert(1)> & "quotes" | pipe `code` [link](https://x) \u001b[31m \u202e rtl',
          cause: 'source',
        },
      ],
    },
    {
      column: 'video.view_count',
      step: 'video',
      name: 'view_count',
      changed: 3,
      causes: [{ cause: 'refresh', count: 3 }],
      moved: { cells: 3, mean: 1234.5678, median: -2, min: -40, max: 9007199254 },
      samples: [{ id: '7203311094526659846', old: '9007199254740993', new: '12', cause: 'refresh' }],
    },
    {
      column: 'transcript.text',
      step: 'transcript',
      name: 'text',
      changed: 0,
      causes: [],
      moved: null,
      samples: [],
    },
    {
      column: 'transcript.language',
      step: 'transcript',
      name: 'language',
      changed: 0,
      causes: [],
      moved: null,
      samples: [],
    },
    {
      column: 'stance.label',
      step: 'stance',
      name: 'label',
      changed: 3_918,
      causes: [
        { cause: 'model + prompt', count: 3_902 },
        { cause: 'input (description.description) + model + prompt', count: 16 },
      ],
      moved: null,
      samples: [
        { id: '7203311094526659846', old: 'neutral', new: 'no support', cause: 'model + prompt' },
        { id: '9', old: '', new: null, cause: 'input (description.description) + model + prompt' },
      ],
    },
    { column: 'stance.status', step: 'stance', name: 'status', changed: 0, causes: [], moved: null, samples: [] },
  ],
  only_in: {
    a: [],
    b: [{ column: 'sentiment.score', rows: 43_100, cause: 'new step' }],
  },
};
