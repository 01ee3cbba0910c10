import { z } from 'zod';
import type { Json } from '../../manifests/canonical-json.ts';
import { manifestSchema } from '../../manifests/manifest.ts';
import { isJsonObject, type JsonObject } from '../../datasets/declaration/json-object.ts';

/** JSON Schema (2020-12) of a manifest as it is stored, for programs that read versions without GET-Tok. */
export function manifestJsonSchema(): JsonObject {
  const written = z.toJSONSchema(manifestSchema, {
    io: 'output',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // The only custom check of a manifest is that of a digest.
      if (zodSchema._zod.def.type === 'custom')
        Object.assign(jsonSchema, { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' });
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const plain: Json = JSON.parse(JSON.stringify(written));
  if (!isJsonObject(plain)) throw new Error('the schema of a manifest is no object');
  const { $schema, ...rest } = plain;
  return { $schema: $schema ?? null, title: 'Manifest of a version of GET-Tok', ...rest };
}
