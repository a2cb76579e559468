"""FastAPI and the front end: reads and acts through the packages below, and decides nothing.

- `app`       builds the app; `server` serves it; `settings`; `state` is what one app holds
- `deps`      who is calling and whether their role may; `declared` lists it for all
- `security`  origins, headers, tokens, log-in limits; `errors` refusals as RFC 9457 problems
- `store`     log-in sessions by the hash of their token, and the name of the live stream
- `wire`      models of what goes over the wire, written by hand
- `api`       one router per noun
- `reading`   read models that join what several packages publish
- `showing`   what they say → what goes over the wire
- `feed`      what goes out to every socket; `live` consoles and phones over websockets
- `pages`     the built front end; `health` for supervisors and Prometheus
- `described` the API as JSON, `openapi` writes it, `handbook` shows it as a page
- `ui`        the front end's sources (npm)
"""
