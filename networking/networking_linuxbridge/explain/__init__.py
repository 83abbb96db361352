"""Follow a port hop by hop and say where its way ends: `dietstack-net explain PORT`.

`cloud` is what the API says, `host` what the hosts' kernels say; `way` compares the two, in the order in
which a packet passes. Nothing here changes anything.
"""
