import json,sys
def strip(o):
    if isinstance(o,dict):
        return {k:strip(v) for k,v in o.items() if k not in('file','offset','line','member','unreadable')}
    if isinstance(o,list): return [strip(x) for x in o]
    return o
def norm(b):
    return '\n'.join(json.dumps(strip(json.loads(l)),sort_keys=True,ensure_ascii=False) for l in b.decode().splitlines())
if __name__=='__main__': print(norm(sys.stdin.buffer.read()))
