"""The page on which one moves a lever and sees the alliance answer; its state is a scenario file.

`sim.explore.server` makes the application and serves it; Starlette and uvicorn are imported there and nowhere else.
"""
