import os, sys
deno, connection = sys.argv[1:]
os.execv(deno, [deno, "jupyter", "--kernel", "--conn", connection])
