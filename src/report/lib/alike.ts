/** Many alike are told in one line: pods of one workload in one state, or one alert on each of them, differ by names alone. */

interface Told {
  readonly condition: string;
  readonly entity: string;
  readonly workload: string | null;
  readonly places: readonly number[];
}

export interface Alike<T extends Told> {
  readonly first: T;
  /** Of the first two: one may be looked up, the other shows that it is not alone. */
  readonly places: readonly number[];
  /** `1000 pods of deployment/orders`; '' for one that stands alone. */
  readonly whose: string;
  /** How many more there are besides the first. */
  readonly more: number;
}

/** Fewer are as quickly read one by one. */
const LEAST = 4;

/** `container:shop/orders-1/orders` → the pod it is in and which of its containers it is; of an alert all its labels, and its name. */
function oneOf(entity: string): { one: string; part: string; many: string } | null {
  const m = /^(?:container|pod):([^/]+\/[^/]+)(?:\/([^/]+))?$/.exec(entity);
  if (m !== null) return { one: m[1] as string, part: m[2] ?? '', many: 'pods of' };
  const alert = /^alert:([^/]+)\//.exec(entity);
  return alert === null ? null : { one: entity, part: alert[1] as string, many: 'alerts on' };
}

/** In the order of the first of each. `also`: what else must be equal for two to be alike. */
export function alike<T extends Told>(list: readonly T[], also: (item: T) => string = () => ''): Alike<T>[] {
  const groups = new Map<string, T[]>();
  list.forEach((item, i) => {
    const at = oneOf(item.entity);
    const key = item.workload === null || at === null ? `${i}` : `${item.condition} ${item.workload} ${at.part} ${also(item)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  });
  return [...groups.values()].flatMap((group) => {
    const different = new Set(group.map((item) => oneOf(item.entity)?.one ?? item.entity)).size;
    const [first] = group as [T, ...T[]];
    if (different < LEAST) return group.map((item) => ({ first: item, places: item.places, whose: '', more: 0 }));
    const places = [...new Set(group.slice(0, 2).flatMap((item) => item.places))].sort((a, b) => a - b);
    return [{ first, places, whose: `${different} ${oneOf(first.entity)?.many ?? 'of'} ${workloadText(first.workload as string)}`, more: group.length - 1 }];
  });
}

/** `workload:shop/deployment/orders` → `deployment/orders`. */
const workloadText = (entity: string): string => entity.slice(entity.indexOf('/') + 1);

/** "1000 pods of deployment/orders: container orders of orders-1 …, and 999 alike". */
export const alikeText = (a: { readonly whose: string; readonly more: number }, text: string): string => (a.whose === '' ? text : `${a.whose}: ${text}, and ${a.more} alike`);
