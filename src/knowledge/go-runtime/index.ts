/**
 * Which function of the runtime and the standard library costs what: marking, allocating, scheduling, waiting …, over Go 1.11 to 1.27.
 * Symbols in, classes out; the table (functions/) is held against the sources of the Go that is installed: see go-runtime.test.ts.
 */
export {
  type ClassifiedFrame,
  classifyFunctions,
  classifyStack,
  classOfFunction,
  costClassInfo,
  type FunctionClass,
  functionClass,
  functionsOfClass,
  type StackClass,
} from './classify.ts';
export { COST_CLASSES, type CostClass, type CostClassInfo, type Payer } from './cost-class.ts';
