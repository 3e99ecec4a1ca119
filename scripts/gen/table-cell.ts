/** Text in a cell of a Markdown table: no mark-up by accident, one line. */
export const cell = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('|', '\\|').replaceAll('\n', ' ');
