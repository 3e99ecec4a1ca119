import type { TextFormat } from '../../format.ts';

export const zapConsole: TextFormat = {
  id: 'zap-console',
  title: 'go.uber.org/zap, console',
  writtenBy: 'zapcore/console_encoder.go: columns parted by tabs (not escaped in the message), fields as spaced JSON, the stack on lines of its own',
  shape: 'text',
  durations: 'seconds-float',
  levels: {
    debug: 'debug',
    info: 'info',
    warn: 'warn',
    error: 'error',
    dpanic: 'error',
    panic: 'fatal',
    fatal: 'fatal',
    DEBUG: 'debug',
    INFO: 'info',
    WARN: 'warn',
    ERROR: 'error',
    DPANIC: 'error',
    PANIC: 'fatal',
    FATAL: 'fatal',
  },
  layouts: ['{time:rfc3339}\t{level}\t{rest:zap}', '{time:epoch}\t{level}\t{rest:zap}'],
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
    {
      text: '1.7957382355863407e+09\tdebug\tloggers/zap.go:47\tcache warm\t{"id": 9007199254740993, "entries": 12}',
      level: 'debug',
      time: '2026-11-27T00:10:35.5863407Z',
      message: 'cache warm',
      fields: { id: '9007199254740993' },
    },
  ],
};
