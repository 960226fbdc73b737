"""What a comparison adds to figures: paired differences, members beside one another, waterfalls.

Importing this package loads no plotting library; drawing does.
"""
