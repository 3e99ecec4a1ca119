/** How the memory of src/kernels/assembly/shapes.ts is divided. */
export const CONTAINERS_AT = 1024 * 4 + 1024 * 64;
export const COLUMNS_AT = CONTAINERS_AT + 256 * 12;
export const COLUMNS_CAP = 128;
export const SHAPES_BYTES = COLUMNS_AT + COLUMNS_CAP * 12 + 64 * 1024;
/** Of a text between two values: so far behind a place may be compared. */
export const LONGEST_TEXT = 1024;
/** Where the plan of a search or of an index has the address of that memory. */
export const SHAPES_WORD = 36;
