"""The rules by which the packaged tables are made, in folders of one direction.

`sources`, `rates`, `costs`, `findings`, `sets`, `record`: each imports from those before it and from its own, without
a circle; `data.build` imports them all, and the package `carecost` none. `.importlinter` and the tests hold it.
"""
