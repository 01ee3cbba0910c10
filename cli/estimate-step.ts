export { estimateStep } from '../datasets/prices/estimate-step.ts';
