#!/usr/bin/env python3
"""sink.py FILE: Alertmanager's webhook receiver; one JSON line per notification, with the time it came."""
import http.server, json, sys, time

class Sink(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        at, body = time.time(), json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(sys.argv[1], "a") as f:
            f.write(json.dumps({"receivedAt": at, "body": body}) + "\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", 9099), Sink).serve_forever()
