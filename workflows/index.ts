export { materializePartition } from './materialize-partition.ts';
export { runDataset } from './run-dataset.ts';
