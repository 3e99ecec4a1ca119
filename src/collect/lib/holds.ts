/** Texts that a row must hold, in its message or in any of its fields: asked where the store can be asked for just that. */
export type Holds =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Holds[] }
  /** One of `texts`, each as a word of its own where `word`; or one of `whole`, as the whole value of a field. Letters of either case where `fold`. */
  | { readonly kind: 'text'; readonly texts: readonly string[]; readonly whole: readonly string[]; readonly fold: boolean; readonly word: boolean };
