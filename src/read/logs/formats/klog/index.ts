import type { TextFormat } from '../../format.ts';

export const klog: TextFormat = {
  id: 'klog',
  title: 'klog or glog',
  writtenBy: 'klog internal/buffer/buffer.go: Lmmdd hh:mm:ss.uuuuuu pid file:line], no year and no zone; a value of several lines stands between < and >',
  shape: 'text',
  durations: 'unknown',
  stepNs: 1000n,
  starts: /^(?<level>[IWEF])(?<time>\d{4} \d\d:\d\d:\d\d\.\d{6})(?= )/d,
  time: 'klog',
  tail: 'klog',
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
  ],
};
