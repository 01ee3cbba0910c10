import { previewRequests } from '../activities/models/preview-requests.ts';
import type { StepKind } from '../activities/step-kind.ts';
import { type Database, openDatabase } from '../datasets/parquet/database.ts';
import { type CostForecast, forecastCosts } from '../datasets/plan/cost-forecast.ts';
import { measureInputs } from '../datasets/plan/measure-inputs.ts';
import { stepUsage, type UsageContext, type UsageSources } from '../datasets/plan/step-usage.ts';
import { imageHeader } from '../datasets/prices/image-header.ts';
import type { BlobStore } from '../manifests/blob-store.ts';

/** What the calls of a planned run would cost, from its prompts and rows. Nothing is opened where no call is paid for. */
export async function forecastRunCosts(
  { blobs }: { readonly blobs: BlobStore },
  kinds: ReadonlyMap<string, StepKind>,
  context: UsageContext,
): Promise<CostForecast> {
  let opened: Promise<Database> | undefined;
  const sources: UsageSources = {
    requestsOf: (step, inputs) => previewRequests(kinds.get(step.kind)!, step, inputs),
    measure: async (step, rows) => {
      const database = await (opened ??= openDatabase());
      return measureInputs({ database, file: (digest) => blobs.file(digest) }, step, context.plan, rows);
    },
    imageSize: async (image) => imageHeader(await blobs.get(image)),
  };
  try {
    return await forecastCosts(context.plan, context.forecast, (step, model) =>
      stepUsage(step, model, context, sources),
    );
  } finally {
    (await opened)?.close();
  }
}
