from decimal import Decimal
from flask import Flask
from app.services import tasks, projects
from app.errors import Failure
from app.domain.permissions import SYSTEM
from tests.integration.districts.evading import begun, facts, refused, told
from tests.integration.districts.play import at

def tryit(place, line, **answers):
    try:
        data = {**place.filled(line, answers)}
        tasks.complete(place.performer(line), line.key, data, place.now)
        return "ACCEPTED"
    except Failure as f:
        return told(f)[:300]

def test_a(app: Flask):
    place, project = begun("fengxian")
    line = place.task(project, "prepare_declaration")
    base = place.filled(line)
    print({k: base[k] for k in ("category","orgType","omBasis","dataResources","hasPriorOm","basisDocs","unplanned","hardwareItems","totalAmount","budgetItems","priorityRank","alignmentTags","materials", "serviceNature") if k in base})
    for name, a in {
        "FX-2-5 none": {"category":"信息应用系统","dataResources":[]},
        "FX-2-6 不涉及": {"category":"运维类项目","projectType":"运维类","omBasis":"不涉及","hasPriorOm":False},
        "FX-2-6 typed original": {"category":"运维类项目","projectType":"运维类","omBasis":"验收后首次运维","hasPriorOm":False,"originalProjectKey":"123","materials":[{"name":n,"files":base["materials"][0]["files"]} for n in ("建设方案","原始建设合同","运维项目验收意见","共享数据资源目录发布证明")]},
        "FX-2-6 no original": {"category":"运维类项目","projectType":"运维类","omBasis":"验收后首次运维","hasPriorOm":False,"materials":[{"name":n,"files":base["materials"][0]["files"]} for n in ("建设方案","原始建设合同","运维项目验收意见","共享数据资源目录发布证明")]},
        "FX-14-1 抄告单": {"unplanned":True,"basisDocs":[{"kind":"区政府抄告单","number":"1"}]},
        "FX-2-7": {"category":"运维类项目","projectType":"运维类","omBasis":"不涉及","hasPriorOm":True,"serviceContentChanged":False},
        "FX-12-2 blank": {"dataResources":[{"name":"甲","shareType":"不予共享","noShareBasis":" ","noShareBasisType":"法律"}]},
        "FX-12-2 no type": {"dataResources":[{"name":"甲","shareType":"不予共享","noShareBasis":"某条例第三条"}]},
        "FX-14-1 none": {"unplanned":True,"basisDocs":[]},
        "FX-7-1": {"standaloneWebsite":True},
        "FX-8-5": {"hardwareItems":[{"kind":"服务器","quantity":2,"amount":100,"supplyMode":"自行采购"}]},
        "FX-10-3 total": {"totalAmount": 1},
        "FX-10-4 rank0": {"priorityRank": 0},
        "FX-10-4 rank9": {"priorityRank": 9},
        "FX-32-2": {"isUpgrade":True,"upgradeReason":"老旧"},
        "FX-11-2": {"isPhased":True,"phases":[]},
        "FX-4-3": {"responsibleLeader":{"key":"1","name":"张明"}},
    }.items():
        print(name, "->", tryit(place, line, **a))
        if not place.open(project,"prepare_declaration"):
            print("   open now", [l.element_id for l in place.open(project)])
            project = place.declare("平台" + name)
        line = place.task(project, "prepare_declaration")
    assert 0
