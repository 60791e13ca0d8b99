"""Jupyter kernels forked from one warmed template process; needs jupyter_client and ipykernel, nothing else.

`provisioner.ForkProvisioner` is a kernel provisioner (entry point group `jupyter_client.kernel_provisioners`), so that
everything that starts kernels through jupyter_client can use it.

In the owner, the process that starts kernels: `provisioner`, `settings`, `owner`, `process`.
In the template and the kernels: `template`, `warm`, `reaper`, `child`. Between the two: `wire`.
"""
