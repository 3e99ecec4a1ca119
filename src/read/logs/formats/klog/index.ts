import type { TextFormat } from '../../format.ts';

export const klog: TextFormat = {
  id: 'klog',
  title: 'klog or glog',
  writtenBy: 'klog internal/buffer/buffer.go: Lmmdd hh:mm:ss.uuuuuu pid file:line], no year and no zone; a value of several lines stands between < and >',
  shape: 'text',
  durations: 'unknown',
  levels: { I: 'info', W: 'warn', E: 'error', F: 'fatal' },
  layouts: ['{level}{time:0102 15:04:05.000000} {rest:klog}'],
  samples: [
    {
      text: 'E1124 02:31:28.304362    8676 klog.go:48] "Reserve failed" err="reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded" trace_id="4bf92f3577b34da6a3ce929d0e0e4736" elapsed="300.412ms"',
      level: 'error',
      time: null,
      message: 'Reserve failed',
      fields: { err: 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded', elapsed: '300.412ms' },
    },
    {
      text: 'I1124 02:31:28.304377    8676 klog.go:49] "Multi line value" ml=<\n\tfirst\n\tsecond\n > after=true',
      level: 'info',
      time: null,
      message: 'Multi line value',
      fields: { ml: 'first\nsecond', after: 'true' },
    },
    {
      text: 'E1127 00:10:39.881043   14104 glog.go:16] reserve failed: reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded trace_id=4bf92f3577b34da6a3ce929d0e0e4736',
      level: 'error',
      time: null,
      message: 'reserve failed: reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded trace_id=4bf92f3577b34da6a3ce929d0e0e4736',
      fields: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' },
    },
  ],
};
