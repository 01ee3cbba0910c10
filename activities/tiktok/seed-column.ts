import { z } from 'zod';

/** `from: { dataset, ref, column }`: what to ask for stands in a version of another dataset. */
export const seedColumn = z
  .strictObject({
    dataset: z.string().min(1).describe('Name of the other dataset'),
    ref: z.string().min(1).default('main').describe('Its branch, tag or version'),
    column: z.string().regex(/^[^.]+\.[^.]+$/, 'a column such as video.username'),
  })
  .optional();

/** Reports parameters that name what to ask for neither one way nor the other, or both ways. */
export const oneOf =
  <K extends string>(list: K) =>
  (params: { readonly from?: unknown } & { readonly [name in K]?: unknown }, context: z.core.$RefinementCtx): void => {
    if ((params[list] === undefined) === (params.from === undefined))
      context.addIssue({
        code: 'custom',
        path: [],
        message: `it has ${params.from === undefined ? `neither ${list} nor from` : `both ${list} and from`}, expected one of both`,
      });
  };
