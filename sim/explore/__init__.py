"""The page on which one moves a lever and sees the alliance answer; its state is a scenario file.

`make_app` is the server's application, `serve` runs it on a socket from `bound`, and `write_page` writes a page that
needs no server. Starlette and uvicorn are imported in this room only, and only when one of these is called.
"""
