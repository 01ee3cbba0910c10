import {
  Bool,
  type DataType,
  DataType as Arrow,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  Precision,
  Struct,
  Utf8,
} from 'apache-arrow';

/** Text, or list of text, that names blobs of this kind by their digest. */
export type Media = 'video' | 'audio' | 'image' | 'any';

/** The type of a column: an Arrow type, nullable throughout; `T` is what a value of it is in this program. */
export interface ColumnType<T extends CellValue = CellValue> {
  readonly arrow: DataType;
  readonly media?: Media;
  /** Only for the type checker: never set. */
  readonly value?: T;
}

export type CellValue =
  null | string | number | bigint | boolean | readonly CellValue[] | { readonly [field: string]: CellValue };

export type Columns = { readonly [name: string]: ColumnType };
export type ValueOf<C> = C extends ColumnType<infer T> ? T : never;
export type Values<C extends Columns> = { readonly [K in keyof C]: ValueOf<C[K]> | null };

export const text = (): ColumnType<string> => ({ arrow: new Utf8() });
export const bool = (): ColumnType<boolean> => ({ arrow: new Bool() });
export const int32 = (): ColumnType<number> => ({ arrow: new Int32() });
export const int64 = (): ColumnType<bigint> => ({ arrow: new Int64() });
export const float32 = (): ColumnType<number> => ({ arrow: new Float32() });
export const float64 = (): ColumnType<number> => ({ arrow: new Float64() });
/** The digest (`sha256:…`) of a stored blob. */
export const blob = (media: Media = 'any'): ColumnType<string> => ({ arrow: new Utf8(), media });

export const list = <T extends CellValue>(of: ColumnType<T>): ColumnType<readonly (T | null)[]> => ({
  arrow: new List(new Field('element', of.arrow, true)),
  ...(of.media === undefined ? {} : { media: of.media }),
});

export const struct = <C extends Columns>(fields: C): ColumnType<Values<C>> => ({
  arrow: new Struct(Object.entries(fields).map(([name, of]) => new Field(name, of.arrow, true))),
});

/** The form a column's type has in a manifest. */
export type TypeJson =
  | 'text'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'float32'
  | 'float64'
  | { readonly list: TypeJson }
  | { readonly struct: { readonly [field: string]: TypeJson } };

export function typeToJson(arrow: DataType): TypeJson {
  if (Arrow.isUtf8(arrow)) return 'text';
  if (Arrow.isBool(arrow)) return 'bool';
  if (Arrow.isInt(arrow)) return arrow.bitWidth === 64 ? 'int64' : 'int32';
  if (Arrow.isFloat(arrow)) return arrow.precision === Precision.DOUBLE ? 'float64' : 'float32';
  if (Arrow.isList(arrow)) return { list: typeToJson(arrow.children[0]!.type as DataType) };
  if (Arrow.isStruct(arrow))
    return {
      struct: Object.fromEntries(arrow.children.map((field) => [field.name, typeToJson(field.type as DataType)])),
    };
  throw new TypeError(`no column type for Arrow type ${arrow.typeId}`);
}

const SCALARS: Record<Extract<TypeJson, string>, () => DataType> = {
  text: () => new Utf8(),
  bool: () => new Bool(),
  int32: () => new Int32(),
  int64: () => new Int64(),
  float32: () => new Float32(),
  float64: () => new Float64(),
};

export function typeFromJson(json: TypeJson): DataType {
  if (typeof json === 'string') return SCALARS[json]();
  if ('list' in json) return new List(new Field('element', typeFromJson(json.list), true));
  return new Struct(Object.entries(json.struct).map(([name, of]) => new Field(name, typeFromJson(of), true)));
}

/** Short text for messages and documentation, such as `list<text>` or `blob<image>`. */
export function typeName({ arrow, media }: ColumnType): string {
  const name = (json: TypeJson): string => {
    if (typeof json === 'string') return json === 'text' && media ? `blob<${media}>` : json;
    if ('list' in json) return `list<${name(json.list)}>`;
    return `struct<${Object.entries(json.struct)
      .map(([field, of]) => `${field} ${name(of)}`)
      .join(', ')}>`;
  };
  return name(typeToJson(arrow));
}

/** A column as manifests and plans keep it. */
export type ColumnJson = {
  readonly name: string;
  readonly type: TypeJson;
  readonly media?: Media;
};

export const columnsToJson = (columns: Columns): ColumnJson[] =>
  Object.entries(columns).map(([name, { arrow, media }]) => ({
    name,
    type: typeToJson(arrow),
    ...(media && { media }),
  }));

export const columnsFromJson = (columns: readonly ColumnJson[]): Columns =>
  Object.fromEntries(
    columns.map(({ name, type, media }) => [name, { arrow: typeFromJson(type), ...(media && { media }) }]),
  );
