/** Regular expressions that take time linear in the text, whatever was typed or stands in a file: RE2's grammar. Loaded where one is needed. */
export async function linearRegex(pattern: string): Promise<(text: string) => boolean> {
  const { RE2JS } = await import('re2js');
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matcher(text).find();
}
