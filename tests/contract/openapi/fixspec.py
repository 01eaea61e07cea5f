#!/usr/bin/env python3
"""fixspec.py IN OUT [trim]  -- make GitHub's OpenAPI usable by Prism for a bot."""
import json,sys,re,copy
src,out=sys.argv[1:3]; trim=len(sys.argv)>3
d=json.load(open(src))
KEEP=re.compile(r'^/(app($|/)|installation|repos/\{owner\}/\{repo\}/(issues|labels|milestones|collaborators|contents|statuses|commits|check-runs|assignees|installation|dispatches|hooks|issue-types)|repos/\{owner\}/\{repo\}$|search/issues|rate_limit|user$|users/\{username\}($|/installation)|orgs/\{org\}/(issue-types|issue-fields|projectsV2|installation|teams/\{team_slug\}/memberships|members)|orgs/\{org\}$|zen|meta)')
if trim: d['paths']={p:v for p,v in d['paths'].items() if KEEP.match(p)}
# contents path is multi-segment in reality; OpenAPI cannot say so
c='/repos/{owner}/{repo}/contents/{path}'
if c in d['paths']:
    for n in (2,3):
        p='/repos/{owner}/{repo}/contents/'+'/'.join('{path%d}'%i for i in range(1,n+1))
        v=copy.deepcopy(d['paths'][c])
        for m,op in v.items():
            if not isinstance(op,dict): continue
            op['operationId']=op.get('operationId','x')+'-%d'%n
            ps=[x for x in op.get('parameters',[]) if x.get('name')!='path' ]
            op['parameters']=ps+[{'name':'path%d'%i,'in':'path','required':True,'schema':{'type':'string'}} for i in range(1,n+1)]
        d['paths'][p]=v
def addmt(content):
    if isinstance(content,dict) and 'application/json' in content and 'application/vnd.github+json' not in content:
        content['application/vnd.github+json']=content['application/json']
        content.pop('application/scim+json',None)
def walk_resp(rs):
    for r in rs.values():
        if isinstance(r,dict): addmt(r.get('content'))
for v in d['paths'].values():
    for op in v.values():
        if isinstance(op,dict) and 'responses' in op: walk_resp(op['responses'])
walk_resp(d.get('components',{}).get('responses',{}))
if trim:
    # drop unreferenced components
    def refs(o,acc):
        if isinstance(o,dict):
            for k,x in o.items():
                if k=='$ref' and isinstance(x,str): acc.add(x)
                else: refs(x,acc)
        elif isinstance(o,list):
            for x in o: refs(x,acc)
    seen=set();todo=set();refs(d['paths'],todo)
    while todo:
        x=todo.pop()
        if x in seen: continue
        seen.add(x); a=x.lstrip('#/').split('/'); n=d
        for k in a: n=n[k.replace('~1','/').replace('~0','~')]
        t=set();refs(n,t);todo|=t-seen
    keep={}
    for x in seen:
        _,_,s,n=x.split('/',3); keep.setdefault(s,{})[n]=d['components'][s][n]
    d['components']=keep
# Ajv 8 refuses `nullable` without `type`; Prism then SILENTLY skips validation. -> 3.1 style
cnt=0
def fixnull(o):
    global cnt
    if isinstance(o,list):
        for x in o: fixnull(x)
        return
    if not isinstance(o,dict): return
    for k,x in o.items():
        if k in('example','examples','default','enum','const'): continue
        fixnull(x)
    e=o.get('enum')
    if isinstance(e,list):
        u=[]
        for x in e:
            if x not in u: u.append(x)
        o['enum']=u
    if o.get('nullable') is True and not isinstance(o.get('properties'),bool):
        t=o.get('type')
        if isinstance(t,str):
            del o['nullable']; o['type']=[t,'null']
            if isinstance(o.get('enum'),list) and None not in o['enum']: o['enum'].append(None)
        else:
            inner={k:v for k,v in o.items() if k in('oneOf','anyOf','allOf','$ref','enum','properties','required','items','additionalProperties')}
            keep={k:v for k,v in o.items() if k in('description','title')}
            o.clear(); o.update(keep); o['anyOf']=[inner,{'type':'null'}]; cnt+=1
for sec in ('paths','components'): fixnull(d.get(sec,{}))
d['openapi']='3.1.0'
print('untyped nullables rewritten',cnt)
d.pop('x-webhooks',None)
d.pop('webhooks',None)
json.dump(d,open(out,'w'))
print(len(d['paths']),'paths')
