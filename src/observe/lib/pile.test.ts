import { expect, test } from 'vitest';
import { processOf } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { readers } from '../../read/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { guessedProcess } from './pile.ts';

const dump =
  'goroutine 1 [chan receive]:\nmain.main()\n\t/app/main.go:9 +0x1d\n\ngoroutine 7 [select]:\nmain.work()\n\t/app/main.go:19 +0x1d\ncreated by main.main in goroutine 1\n\t/app/main.go:8 +0x1d\n';
const log = '{"time":"2026-11-22T19:26:17.327Z","level":"INFO","msg":"listening","addr":":8080"}\n{"time":"2026-11-22T19:26:18.327Z","level":"INFO","msg":"request","code":200}\n';
const scrape = '# TYPE go_goroutines gauge\ngo_goroutines 12\n';

function keys(files: Record<string, string>): Record<string, string> {
  const artifacts = Object.entries(files).map(([path, text]) => textArtifact(text, { id: path, path }));
  const readings = openReadings(artifacts, readers);
  return Object.fromEntries(artifacts.map((a) => [a.path, guessedProcess(a, readings)?.key ?? '']));
}

test('one program: its captures, scrapes and log are one process', () => {
  const k = keys({
    'case/goroutines-1.txt': dump,
    'case/goroutine-20261124T030116.317Z.debug2.txt': dump,
    'case/metrics-20261124T030115.317Z.txt': scrape,
    'case/orders.log': log,
  });
  expect(new Set(Object.values(k))).toEqual(new Set(['orders']));
});

test('two programs keep apart, and what names neither belongs to neither', () => {
  const k = keys({ 'case/dumps/orders-goroutines-1.txt': dump, 'case/dumps/cart.goroutines.txt': dump, 'case/metrics.txt': scrape });
  expect(k['case/dumps/orders-goroutines-1.txt']).toBe('orders');
  expect(k['case/dumps/cart.goroutines.txt']).toBe('cart');
  expect(k['case/metrics.txt']).toBe('case');
});

test('nothing named at all: the folder', () => {
  expect(new Set(Object.values(keys({ 'here/dumps/goroutines-1.txt': dump, 'here/dumps/goroutines-2.txt': dump, 'here/heap/metrics.txt': scrape })))).toEqual(new Set(['here']));
});

test('what counts stands at the word itself', () => {
  const k = keys({
    'case/goroutine0.debug2.txt': dump,
    'case/goroutine1.debug1.txt': dump,
    'case/dump3.txt': dump,
    'case/orders-heap2.goroutines4.txt': dump,
    'case/logs/orders.log': log,
  });
  expect(new Set(Object.values(k))).toEqual(new Set(['orders']));
});

test('a number that is part of a name stays', () => {
  const k = keys({ 'case/shard1-goroutines2.txt': dump, 'case/shard2-goroutines2.txt': dump });
  expect(k).toEqual({ 'case/shard1-goroutines2.txt': 'shard1', 'case/shard2-goroutines2.txt': 'shard2' });
});

test('what a manifest speaks for is not guessed', () => {
  const a = textArtifact(dump, { covers: [{ entity: processOf('billing@h:1'), strength: 'stated' }] });
  expect(guessedProcess(a, openReadings([a], readers))).toBeNull();
});

const pods = JSON.stringify({
  kind: 'List',
  apiVersion: 'v1',
  items: [
    { kind: 'Pod', apiVersion: 'v1', metadata: { namespace: 'shop', name: 'orders-7d9f8b6c5d-x2x1z' }, spec: { containers: [{ name: 'orders' }] } },
    { kind: 'Pod', apiVersion: 'v1', metadata: { namespace: 'shop', name: 'store-0' }, spec: { containers: [{ name: 'store' }, { name: 'proxy' }] } },
    { kind: 'Pod', apiVersion: 'v1', metadata: { namespace: 'shop', name: 'store-1' }, spec: { containers: [{ name: 'store' }, { name: 'proxy' }] } },
  ],
});

test('a file called after a captured pod is of its container', () => {
  const k = keys({
    'pods.json': pods,
    'logs/orders-7d9f8b6c5d-x2x1z.log': log,
    'logs/orders-7d9f8b6c5d-x2x1z.previous.log': log,
    'logs/store-0.log': log,
    'logs/store-1_proxy.log': log,
  });
  expect(k['logs/orders-7d9f8b6c5d-x2x1z.log']).toBe('shop/orders-7d9f8b6c5d-x2x1z/orders');
  expect(k['logs/orders-7d9f8b6c5d-x2x1z.previous.log']).toBe('shop/orders-7d9f8b6c5d-x2x1z/orders');
  expect(k['logs/store-0.log']).toBe('shop/store-0/store');
  expect(k['logs/store-1_proxy.log']).toBe('shop/store-1/proxy');
});

test('a name that only begins like a pod, or that nobody captured, ties nothing', () => {
  const k = keys({ 'pods.json': pods, 'logs/store-01.log': log, 'logs/orders-7d9f8b6c5d-aaaaa.log': log });
  expect(Object.values(k).filter((v) => v.startsWith('shop/'))).toEqual([]);
});

test('a container’s own name is a guess, and only where one captured pod has it', () => {
  expect(keys({ 'pods.json': pods, 'orders.log': log })['orders.log']).toBe('shop/orders-7d9f8b6c5d-x2x1z/orders');
  expect(keys({ 'pods.json': pods, 'store.previous.log': log })['store.previous.log']).toBe('store');
  expect(keys({ 'pods.json': pods, 'cart.log': log })['cart.log']).toBe('cart');
});
