/** The nouns everything else is written in: types, constructors, condition kinds. */
export * from './artifact.ts';
export * from './bytes.ts';
export * from './clock.ts';
export * from './condition.ts';
export * from './entity.ts';
export * from './go-symbol.ts';
export * from './identity.ts';
export * from './index-store.ts';
export * from './mechanism.ts';
export * from './observer.ts';
export * from './place.ts';
export * from './problem.ts';
export * from './reader.ts';
export * from './report.ts';
export * from './strength.ts';
export * from './time.ts';
export * from './trace-tree.ts';
