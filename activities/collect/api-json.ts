/** JSON as an API sent it: whole numbers are bigint, since ids are larger than any number holds exactly. */
export type ApiJson = null | boolean | number | bigint | string | readonly ApiJson[] | JsonObject;
export type JsonObject = { readonly [name: string]: ApiJson };
