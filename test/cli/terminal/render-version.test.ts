import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderVersion } from '../../../cli/terminal/render-version.ts';
import { sha256 } from '../../../manifests/digest.ts';
import type { CallTotals, Manifest } from '../../../manifests/manifest.ts';

const colours = pc.createColors(false);
const DIGEST = sha256('x');

const calls = (count: number, usd: number, unpriced = 0): CallTotals => ({
  calls: count,
  input_tokens: '0',
  output_tokens: '0',
  cost_nano_usd: String(BigInt(Math.round(usd * 1e9))),
  unpriced_calls: unpriced,
});

const stepState = (kind: string, needs: readonly string[], source = false): Manifest['state']['steps'][string] => ({
  kind,
  revision: 1,
  source,
  needs: [...needs],
  configuration: DIGEST,
  parameters: {},
  columns: [],
  partitions: {
    '0': { values: DIGEST, provenance: DIGEST, rows: 100, counts: { ok: 100, skipped: {}, failed: {} }, root: DIGEST },
  },
});

const stepRecord = (made: CallTotals, paid: CallTotals, model: string | null): Manifest['record']['steps'][string] => ({
  outside: null,
  computed: 0,
  reused: 0,
  paid,
  partitions: { '0': { run: 'r-0', models: model === null ? {} : { [model]: made.calls }, ...made } },
});

const manifest = (record: Manifest['record']['steps']): Manifest => ({
  format: 'gettok-manifest/1',
  stateDigest: DIGEST,
  state: {
    dataset: 'peru-2022',
    declaration: {},
    partition: { by: 'id', buckets: 1 },
    steps: {
      video: stepState('import/table', [], true),
      description: stepState('ai/generate', ['video']),
      stance: stepState('ai/classify', ['description']),
    },
  },
  record: {
    parent: null,
    run: 'r-1',
    branch: 'main',
    by: null,
    message: null,
    created_at: '0',
    started_at: '0',
    temporal: { namespace: 'n', workflow_id: 'w', run_id: 'r' },
    software: { gettok: '0.1.0' },
    steps: record,
  },
});

const GPT = 'openai gpt-4o → gpt-4o-2024-11-20';
const steps = (of: Manifest) => renderVersion(DIGEST, of, { tags: [], width: 120, colours }).split('\n').slice(4, -3);

describe('show', () => {
  it('tells what all cells of a step cost, what this run paid of it, and what reuse saved', () => {
    const version = manifest({
      video: stepRecord(calls(0, 0), calls(0, 0), null),
      description: stepRecord(calls(100, 148.02), calls(0, 0), GPT),
      stance: stepRecord(calls(100, 20), calls(25, 5.5), GPT),
    });
    expect(steps(version)).toEqual([
      '  step         kind            made by             ok  skipped  failed     cost  paid now',
      '  video        import/table@1                     100        0       0',
      '  description  ai/generate@1   gpt-4o-2024-11-20  100        0       0  $148.02     $0.00',
      '  stance       ai/classify@1   gpt-4o-2024-11-20  100        0       0   $20.00     $5.50',
      '',
      '  all calls $168.02 · this run paid $5.50 · reuse saved $162.52 (175 calls)',
    ]);
  });

  it('never takes an unknown price for 0', () => {
    const version = manifest({
      video: stepRecord(calls(0, 0), calls(0, 0), null),
      description: stepRecord(calls(100, 0, 100), calls(100, 0, 100), GPT),
      stance: stepRecord(calls(100, 20, 10), calls(25, 5.5), GPT),
    });
    expect(steps(version).slice(2)).toEqual([
      '  description  ai/generate@1   gpt-4o-2024-11-20  100        0       0         price unknown  price unknown',
      '  stance       ai/classify@1   gpt-4o-2024-11-20  100        0       0  $20.00 + 10 unpriced          $5.50',
      '',
      '  all calls $20.00 + 110 unpriced · this run paid $5.50 + 100 unpriced · reuse saved $14.50 + 10 unpriced (75 calls)',
    ]);
  });

  it('says nothing of cost where no call was made', () => {
    const none = stepRecord(calls(0, 0), calls(0, 0), null);
    expect(steps(manifest({ video: none, description: none, stance: none })).join('\n')).not.toContain('$');
  });
});
