import type { TextFormat } from '../../format.ts';

export const zapConsole: TextFormat = {
  id: 'zap-console',
  title: 'go.uber.org/zap, console',
  writtenBy: 'zapcore/console_encoder.go: columns parted by tabs (not escaped in the message), fields as spaced JSON, the stack on lines of its own',
  shape: 'text',
  durations: 'unknown',
  starts: /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)|\d{1,19}\.\d{1,20}(?:e\+\d\d)?)\t(?<level>[A-Za-z]{4,6})\t/d,
  time: 'iso',
  tail: 'zap',
  samples: [
    {
      text: '2026-11-24T02:31:28.359Z\tWARN\tdb\tloggers/zap.go:47\tslow\tquery\t{"dur": "300.412ms", "retry": false}',
      level: 'warn',
      time: '2026-11-24T02:31:28.359Z',
      message: 'slow\tquery',
      fields: { dur: '300.412ms' },
    },
    {
      text: '2026-11-24T02:31:28.359Z\tERROR\tloggers/zap.go:49\treserve failed\t{"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7", "error": "reserve: Post \\"http://inventory:8080/v1/reserve\\": context deadline exceeded", "elapsed": "300.412ms", "trace_id": "second-4bf92f3577b34da6a3ce929d0e0e4736"}\nmain.zapStory\n\tgorca.dev/go/zoo/loggers/zap.go:49\nmain.init.4.func4\n\tgorca.dev/go/zoo/loggers/zap.go:31\nmain.main\n\tgorca.dev/go/zoo/loggers/main.go:49\nruntime.main\n\truntime/proc.go:290',
      level: 'error',
      time: '2026-11-24T02:31:28.359Z',
      message: 'reserve failed',
      fields: { error: 'reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded' },
    },
  ],
};
