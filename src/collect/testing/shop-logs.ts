/** Recorded logs of real services, with the labels that a shipper gives them: three that call one another, and one that crashes. */
import { recordedLines } from './server-process.ts';

export interface Written {
  readonly service: string;
  readonly pod: string;
  readonly container: string;
  /** As printed. */
  readonly text: string;
  readonly ns: bigint;
}

const SHOP = 'rollout-leaks-goroutines/logs/';
const FILES = [
  ['gateway', 'gateway-5b76dbdc7f-r6lxl', `${SHOP}gateway-5b76dbdc7f-r6lxl.onset.log`],
  ['inventory', 'inventory-54db6659bf-b2dq8', `${SHOP}inventory-54db6659bf-b2dq8.onset.log`],
  ['orders', 'orders-68f495bf69-5w94w', `${SHOP}orders-68f495bf69-5w94w.first.log`],
  ['notifier', 'notifier-fc8f9774c-jxp5f', 'image-pull-and-crash-loop/logs/notifier-fc8f9774c-jxp5f.previous.log'],
] as const;

const ISO = /"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z"/;
const EPOCH = /"ts":(\d{10})(?:\.(\d{1,9}))?/;

/**
 * When a line says it was written; one that says nothing follows the one before, as the stamps of a container runtime do.
 * (VictoriaLogs does not keep the order of rows of one time.)
 */
function timeOf(line: string, before: bigint): bigint {
  const iso = ISO.exec(line);
  if (iso !== null) return BigInt(Date.parse(`${iso[1]}Z`)) * 1_000_000n + BigInt((iso[2] ?? '').padEnd(9, '0'));
  const epoch = EPOCH.exec(line);
  return epoch === null ? before + 1000n : BigInt(epoch[1]!) * 1_000_000_000n + BigInt((epoch[2] ?? '').padEnd(9, '0'));
}

export function shopLogs(): readonly Written[] {
  return FILES.flatMap(([service, pod, file]) => {
    let ns = 0n;
    return recordedLines(file).map((text) => {
      ns = timeOf(text, ns);
      return { service, pod, container: service, text, ns };
    });
  });
}

export const iso = (ns: bigint): string => `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)}.${(ns % 1_000_000_000n).toString().padStart(9, '0')}Z`;
