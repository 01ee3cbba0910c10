import type { Found, Part } from '../set-up/part.mjs';
import { SetUpError } from '../set-up/set-up-error.mjs';
import { ServiceStartError } from './service-errors.ts';
import type { ServiceName } from './service-name.ts';

/** Where a service's program is; throws a ServiceStartError that says how to get it. */
export async function locatePart(service: ServiceName, part: Part): Promise<Found> {
  try {
    const found = await part.find();
    if (found) return found;
  } catch (error) {
    if (error instanceof SetUpError) throw new ServiceStartError(service, error.message);
    throw error;
  }
  throw new ServiceStartError(service, `it is not installed. Install it with:  ${part.mend}`);
}
