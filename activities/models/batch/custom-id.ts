import { canonicalJson } from '../../../manifests/canonical-json.ts';
import { type Digest, hexOf, sha256 } from '../../../manifests/digest.ts';

/** 64 digits for what one row asks: neither ids of rows nor anything else of a dataset shows at the provider. */
export const customIdOf = (rowId: string, request: Digest): string => hexOf(sha256(canonicalJson([rowId, request])));
