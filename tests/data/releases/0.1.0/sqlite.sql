BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE audit_entries (
	"key" INTEGER NOT NULL, 
	chain INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	action TEXT NOT NULL, 
	tenant TEXT NOT NULL, 
	user_key INTEGER NOT NULL, 
	user_name TEXT NOT NULL, 
	project_key INTEGER, 
	subject TEXT NOT NULL, 
	details TEXT NOT NULL, 
	mac TEXT NOT NULL, 
	seal INTEGER, 
	CONSTRAINT pk_audit_entries PRIMARY KEY ("key"), 
	CONSTRAINT uq_audit_entries_chain_number UNIQUE (chain, number)
);
INSERT INTO "audit_entries" VALUES(384371714835660800,384371714378481664,1,'2026-03-10 01:00:00.000000','models.deploy','<default>',0,'系统',NULL,'bpmn/broken_call.bpmn, bpmn/inspection.bpmn, bpmn/permit.bpmn, bpmn/year_notice.bpmn, bpmn/yearly.bpmn, dmn/deadlines.dmn, dmn/permit_gate.dmn, forms/inspection.inspect.json, forms/permit.apply.json, ','{"source":"cli","reason":"","files":[{"file":"bpmn/broken_call.bpmn","tenant":"<default>","digest":"5b3b6e1f46dba51c2f4eab4aa1d9f20d9be2bba631316689a0dfeb53dd09fdbb"},{"file":"bpmn/inspection.bpmn","tenant":"<default>","digest":"97336630c29187a382f63deed20fd47cb6a79ca09208e1f5bd1c929f5c2ad88d"},{"file":"bpmn/permit.bpmn","tenant":"<default>","digest":"67911630927b574fca97ce386a9c2d68e94ea56e86153cec2e4129d87454ae96"},{"file":"bpmn/year_notice.bpmn","tenant":"<default>","digest":"a81f6f810602f3e60eed4d9874275f321fb1d36818736206ef61fd4231965761"},{"file":"bpmn/yearly.bpmn","tenant":"<default>","digest":"c38cd8d697f2fcaad66846dade24344276baa1a2198fa97702da7687bbc8ec54"},{"file":"dmn/deadlines.dmn","tenant":"<default>","digest":"8eae208b7cc3c6df8a8c9505dfbd8864a3ab1b4253aa2672063b6951e05809b9"},{"file":"dmn/permit_gate.dmn","tenant":"<default>","digest":"9c62d0d238efcb0f37630dc6b7f4bcd56254eb126cea9ea2721bc786125ee525"},{"file":"forms/inspection.inspect.json","tenant":"<default>","digest":"734e0f7dd1329d255cb1e4010d7ebdd1b04e0053c611f711be2a29f74a3aeb48"},{"file":"forms/permit.apply.json","tenant":"<default>","digest":"4a1c68209d844c7792c3d058d8d36b2b7202e9046c8d90aeceb6e6d607abc315"},{"file":"forms/permit.review.json","tenant":"<default>","digest":"fa5f8902608b55d18b6966de329e4da42ed614c0ead1400195905eeda592d938"},{"file":"forms/records/inspection.json","tenant":"<default>","digest":"efd639cef37dd859db8514141b6572974d79ebc489e860990ff3f2a9082bd93c"}]}','648d7845329948bfab25d4b6ee45dea21b7352ae97ada1ec9047a0e20bace032',1);
INSERT INTO "audit_entries" VALUES(384371715007627264,0,1,'2026-03-10 01:00:00.000000','user.create','hill',0,'系统',NULL,'alice bob fred dora lea ann root val','{"accounts":[{"username":"alice","roles":[["applicant","教育局"]]},{"username":"bob","roles":[["applicant","水利局"]]},{"username":"fred","roles":[["finance","山丘区财政局"]]},{"username":"dora","roles":[["data_bureau","山丘区数据局"]]},{"username":"lea","roles":[["data_bureau_leader","山丘区数据局"]]},{"username":"ann","roles":[["analyst","山丘区数据局"]]},{"username":"root","roles":[["system_admin","山丘区数据局"]]},{"username":"val","roles":[["finance","河谷区财政局"]]}]}','d892ed492231b1231d50261756c01a2ff46de9fc1f2799016db874e0598b47f3',1);
INSERT INTO "audit_entries" VALUES(384371715179593728,0,2,'2026-03-10 01:00:00.000000','user.substitute','hill',0,'系统',NULL,'lea','{"principal":"lea","substitute":"dora","first":"2026-03-01","last":"2026-03-31"}','b3b17536c9d6f416d4cbfd693a498c0b3eab469a43c4874cb03132559aea4d6e',1);
INSERT INTO "audit_entries" VALUES(384371715305422848,384371715271868416,1,'2026-03-10 01:00:00.000000','process.start','hill',384371714957295616,'艾丽',384371715200565248,'permit','{"variables":{"projectKey":"384371715200565248","projectName":"教育平台","applicantOffice":"教育局"}}','5c96ca877d59adc8a861fdbdd0b1acb11968479011196d0f034014978c37c557',1);
INSERT INTO "audit_entries" VALUES(384371717012504576,384371715271868416,2,'2026-03-10 01:00:00.000000','task.complete','hill',384371714957295616,'艾丽',384371715200565248,'permit.apply','{"task":"384371715280257026","role":"applicant","outcome":"已提交","data":{"amount":5000.00,"receivedAt":"2026-03-10T09:00:00+08:00","reason":"设备老化"}}','1ee04fe145cf2ca23c7c6256e4c08653bb88c08f790392d3c3be0d7acbeedd6b',1);
INSERT INTO "audit_entries" VALUES(384371717381603328,384371715271868416,3,'2026-03-10 02:00:00.000000','task.complete','hill',384371714957295618,'冯财',384371715200565248,'permit.review','{"task":"384371716991533056","role":"finance","outcome":"审查意见:同意","data":{"verdict":"同意","amount":4999.99}}','aa3e2ba285241f05519f15b5160453fe3de43376b0958037ef16c5f89f5584d1',1);
INSERT INTO "audit_entries" VALUES(384371717679398914,384371717616484352,1,'2026-03-10 02:00:00.000000','process.start','hill',0,'系统',384371715200565248,'inspection','{"event":"requested","name":"inspection_requested","message":"384371717360631810"}','b2914c649c51ae2de174c803e978c923569dafc4c25e1d1d2dad0ab420296ce1',1);
INSERT INTO "audit_entries" VALUES(384371718157549568,384371717616484352,2,'2026-03-10 03:00:00.000000','task.complete','hill',384371714957295619,'杜数',384371715200565248,'inspection.inspect','{"task":"384371717679398913","role":"data_bureau","outcome":"检查结论:合格","data":{"result":"合格"}}','190a173fcccd9fe4508662602e3bf3205754f2e819e2b18f4161099d65998b26',1);
INSERT INTO "audit_entries" VALUES(384371718413402115,384371718409207808,1,'2026-03-10 01:00:00.000000','process.start','hill',384371714957295617,'鲍勃',384371718405013504,'permit','{"variables":{"projectKey":"384371718405013504","projectName":"水利监测","applicantOffice":"水利局"}}','7cb52d274e9ee03a949fe8ef26a0ad88fb5dce319da3c11179feb67990171542',1);
INSERT INTO "audit_entries" VALUES(384371718522454016,384371718409207808,2,'2026-03-10 01:00:00.000000','task.complete','hill',384371714957295617,'鲍勃',384371718405013504,'permit.apply','{"task":"384371718413402114","role":"applicant","outcome":"已提交","data":{"amount":5000.00,"receivedAt":"2026-03-10T09:00:00+08:00","reason":"设备老化"}}','1fa04bb6810759f422945416843f57b483b663d3f1368cba74ad7d9c334a0f36',1);
INSERT INTO "audit_entries" VALUES(384371718568591360,384371718409207808,3,'2026-03-10 01:00:00.000000','task.claim','hill',384371714957295618,'冯财',384371718405013504,'permit.review','{"task":"384371718484705285"}','beecf4707410171d7e412fe13c30320e1d82b34f442e96304a44909cdf6b9f4e',1);
INSERT INTO "audit_entries" VALUES(384371718782500867,384371718778306560,1,'2026-03-10 01:00:00.000000','process.start','hill',384371714957295622,'系管',NULL,'broken_call','{"variables":{}}','8b0e600c031871f395e9e81ec00efd4ec581bf2eecfabc821a93d73c3989057e',1);
INSERT INTO "audit_entries" VALUES(384371718878969860,384371718878969856,1,'2026-03-10 01:00:00.000000','process.start','hill',384371714957295622,'系管',NULL,'year_notice','{"variables":{}}','828ae4db04d16daf4fa51aa3dce458e422535ff8fb72bd12c008d595d4bf98b3',1);
INSERT INTO "audit_entries" VALUES(384371719168376832,384371718983827456,1,'2026-03-10 01:00:00.000000','models.deploy','hill',0,'系统',NULL,'bpmn/hill/inner_work.bpmn','{"source":"cli","reason":"","files":[{"file":"bpmn/hill/inner_work.bpmn","tenant":"hill","digest":"32c023f75987d42c3a28af2662435bceed482957667c7e2cf2b37565aa0c205f"}]}','04e199c83012aed8416e772727a7d169f198ae66f79acc7f9a911517761f2733',1);
INSERT INTO "audit_entries" VALUES(384371719491338240,384371719323566080,1,'2026-03-10 01:00:00.000000','models.deploy','hill',0,'系统',NULL,'bpmn/hill/weighing.bpmn','{"source":"cli","reason":"","files":[{"file":"bpmn/hill/weighing.bpmn","tenant":"hill","digest":"ec31bc132e5121b266103e79d96adbe355c08ba5b598683478871ee4df86dce8"}]}','3ab53e17737bf5d99d2820b81644ec662bc5b99a4148068776115e4199c6034f',1);
INSERT INTO "audit_entries" VALUES(384371719625555984,384371719621361664,1,'2026-03-10 01:00:00.000000','process.start','hill',384371714957295622,'系管',NULL,'weighing','{"variables":{"amount":12.50,"nothing":null}}','17413e48810acab2a3bd2c8b49c3632c417bae0aab0016d2ae4a8869ab3d1c1a',1);
INSERT INTO "audit_entries" VALUES(384371719826882576,384371719822688256,1,'2026-03-10 01:00:00.000000','process.start','hill',384371714957295622,'系管',NULL,'weighing','{"variables":{}}','690fcee7a0ece6917fc206047f819e3b18f4a49bb061f5f1dc38220e16c2b1e5',1);
INSERT INTO "audit_entries" VALUES(384371719969488896,384371719822688256,2,'2026-03-10 01:00:00.000000','instance.cancel','hill',384371714957295622,'系管',NULL,'weighing','{"instance":"384371719822688256","reason":"录错"}','23ee76d0307050bb786f5bef8936d4e242d0855765637c152660dbf9b4caecbb',1);
INSERT INTO "audit_entries" VALUES(384371720124678148,384371720124678144,1,'2026-03-10 01:00:00.000000','process.start','hill',384371714957295622,'系管',NULL,'inner_work','{"variables":{}}','89b9b1a8c3fd67e46ebd4d9ca12eced555f721d37fc787ca0235fcad9c94a969',1);
INSERT INTO "audit_entries" VALUES(384371720237924353,384371720124678144,2,'2026-03-10 01:00:00.000000','task.complete','hill',0,'系统',NULL,'inner_work.inner','{"task":"384371720124678147","role":"","outcome":"已办理","data":{}}','d4ae7e9f59f85cf595a7b232cb4a270a13bd76cc78cbbde6164769d7a145a1dc',1);
INSERT INTO "audit_entries" VALUES(384371720338587652,384371720338587648,1,'2026-03-10 01:00:00.000000','process.start','hill',384371714957295622,'系管',NULL,'inner_work','{"variables":{}}','e8af92f1d44fd1219979c28bba20cebf779a18ca4935a376d68f0a0bb0b03cc8',1);
INSERT INTO "audit_entries" VALUES(384371720380530688,384371720338587648,2,'2026-03-10 01:00:00.000000','instance.suspend','hill',384371714957295622,'系管',NULL,'inner_work','{"instance":"384371720338587648","reason":"核查"}','45aa1d3166582d508bb325afd21c35a55c7b8381214fa5accb3912d9614ab4df',1);
INSERT INTO "audit_entries" VALUES(384371720456028160,384371714957295622,1,'2026-03-10 01:00:00.000000','message.publish','hill',384371714957295622,'系管',NULL,'nobody_listens','{"correlationKey":"x","variables":{"a":1}}','e67a12178b141bb59151e48169a33beda74bbe0a20d09f6eed6ccfcf7a9376b4',1);
INSERT INTO "audit_entries" VALUES(384371720539914240,384371714957295622,2,'2026-03-10 01:00:00.000000','signal.publish','hill',384371714957295622,'系管',NULL,'nobody_hears','{"correlationKey":"","variables":{}}','8414912f260e014bd89666107980d8845153332ea6373953bd74cb026c40b10d',1);
CREATE TABLE audit_seals (
	sequence INTEGER NOT NULL, 
	previous TEXT NOT NULL, 
	root TEXT NOT NULL, 
	count INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_audit_seals PRIMARY KEY (sequence)
);
INSERT INTO "audit_seals" VALUES(1,'','376a8e4899c8cb2c3229c5c516ba33d37fb2712349dc024cb3b17892c31184e5',24,'2026-03-10 04:00:00.000000');
CREATE TABLE calendar_days (
	day DATE NOT NULL, 
	working BOOLEAN NOT NULL, 
	name TEXT NOT NULL, 
	imported_at DATETIME NOT NULL, 
	CONSTRAINT pk_calendar_days PRIMARY KEY (day)
);
CREATE TABLE catalogue (
	tenant TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_catalogue PRIMARY KEY (tenant)
);
INSERT INTO "catalogue" VALUES('<default>',1);
INSERT INTO "catalogue" VALUES('hill',3);
CREATE TABLE decision_definitions (
	"key" INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	decision_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	drg_id TEXT NOT NULL, 
	drg_name TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	version_tag TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	deployment_key INTEGER NOT NULL, 
	resource_key INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	CONSTRAINT pk_decision_definitions PRIMARY KEY ("key"), 
	CONSTRAINT uq_decision_definitions_tenant_decision_id_version UNIQUE (tenant, decision_id, version)
);
INSERT INTO "decision_definitions" VALUES(384371714386870274,'<default>','deadlines','期限','definitions_deadlines','期限',1,'',1,384371714378481664,384371714386870273,'8eae208b7cc3c6df8a8c9505dfbd8864a3ab1b4253aa2672063b6951e05809b9');
INSERT INTO "decision_definitions" VALUES(384371714386870276,'<default>','permit_gate','审查方式','definitions_permit_gate','审查方式',1,'',1,384371714378481664,384371714386870275,'9c62d0d238efcb0f37630dc6b7f4bcd56254eb126cea9ea2721bc786125ee525');
CREATE TABLE decision_evaluations (
	"key" INTEGER NOT NULL, 
	root_key INTEGER NOT NULL, 
	element INTEGER NOT NULL, 
	instance_key INTEGER NOT NULL, 
	project_key INTEGER, 
	process_id TEXT NOT NULL, 
	element_id TEXT NOT NULL, 
	decision_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	definition_key INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	inputs TEXT NOT NULL, 
	output TEXT NOT NULL, 
	rules TEXT NOT NULL, 
	required TEXT NOT NULL, 
	deadline TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_decision_evaluations PRIMARY KEY ("key")
);
INSERT INTO "decision_evaluations" VALUES(384371716978950145,384371715271868416,3,384371715271868416,384371715200565248,'permit','decide_gate','permit_gate','审查方式',384371714386870276,1,'[{"name":"金额","label":"金额","expression":"amount","value":5000.00}]','{"role":"finance","large":false}','[{"number":1,"id":"small","outputs":{"role":"finance","large":false},"annotations":{"条款":"HL-2-1"}}]','[]',NULL,'2026-03-10 01:00:00.000000');
INSERT INTO "decision_evaluations" VALUES(384371716987338753,384371715271868416,6,384371715271868416,384371715200565248,'permit','review','deadlines','期限',384371714386870274,1,'[{"name":"期限键","label":"期限键","expression":"event","value":"permit.review"}]','{"amount":10,"unit":"working_day","fixed":null,"roll":true,"hard":true}','[{"number":1,"id":"permit_review","outputs":{"amount":10,"unit":"working_day","fixed":null,"roll":true,"hard":true},"annotations":{"条款":"HL-2-1"}}]','[]','{"key":"permit.review","start":"2026-03-10T09:00:00+08:00","startOn":"2026-03-10","lastDay":"2026-03-24","dueAt":"2026-03-25T00:00:00+08:00","remindDay":"2026-03-24","remindAt":"2026-03-25T00:00:00+08:00","clause":"HL-2-1","provisional":false,"calendarVersion":"chinesecalendar 1.11.0","explanation":["自 2026-03-10 的次日起算 10 个工作日,末日为 2026-03-24","2026-03-24 24:00 前办结为按期"]}','2026-03-10 01:00:00.000000');
INSERT INTO "decision_evaluations" VALUES(384371716987338755,384371715271868416,6,384371715271868416,384371715200565248,'permit','review','deadlines','期限',384371714386870274,1,'[{"name":"期限键","label":"期限键","expression":"event","value":"permit.review"}]','{"amount":10,"unit":"working_day","fixed":null,"roll":true,"hard":true}','[{"number":1,"id":"permit_review","outputs":{"amount":10,"unit":"working_day","fixed":null,"roll":true,"hard":true},"annotations":{"条款":"HL-2-1"}}]','[]','{"key":"permit.review","start":"2026-03-10T09:00:00+08:00","startOn":"2026-03-10","lastDay":"2026-03-24","dueAt":"2026-03-25T00:00:00+08:00","remindDay":"2026-03-24","remindAt":"2026-03-25T00:00:00+08:00","clause":"HL-2-1","provisional":false,"calendarVersion":"chinesecalendar 1.11.0","explanation":["自 2026-03-10 的次日起算 10 个工作日,末日为 2026-03-24","2026-03-24 24:00 前办结为按期"]}','2026-03-10 01:00:00.000000');
INSERT INTO "decision_evaluations" VALUES(384371718480510977,384371718409207808,3,384371718409207808,384371718405013504,'permit','decide_gate','permit_gate','审查方式',384371714386870276,1,'[{"name":"金额","label":"金额","expression":"amount","value":5000.00}]','{"role":"finance","large":false}','[{"number":1,"id":"small","outputs":{"role":"finance","large":false},"annotations":{"条款":"HL-2-1"}}]','[]',NULL,'2026-03-10 01:00:00.000000');
INSERT INTO "decision_evaluations" VALUES(384371718484705282,384371718409207808,6,384371718409207808,384371718405013504,'permit','review','deadlines','期限',384371714386870274,1,'[{"name":"期限键","label":"期限键","expression":"event","value":"permit.review"}]','{"amount":10,"unit":"working_day","fixed":null,"roll":true,"hard":true}','[{"number":1,"id":"permit_review","outputs":{"amount":10,"unit":"working_day","fixed":null,"roll":true,"hard":true},"annotations":{"条款":"HL-2-1"}}]','[]','{"key":"permit.review","start":"2026-03-10T09:00:00+08:00","startOn":"2026-03-10","lastDay":"2026-03-24","dueAt":"2026-03-25T00:00:00+08:00","remindDay":"2026-03-24","remindAt":"2026-03-25T00:00:00+08:00","clause":"HL-2-1","provisional":false,"calendarVersion":"chinesecalendar 1.11.0","explanation":["自 2026-03-10 的次日起算 10 个工作日,末日为 2026-03-24","2026-03-24 24:00 前办结为按期"]}','2026-03-10 01:00:00.000000');
INSERT INTO "decision_evaluations" VALUES(384371718484705284,384371718409207808,6,384371718409207808,384371718405013504,'permit','review','deadlines','期限',384371714386870274,1,'[{"name":"期限键","label":"期限键","expression":"event","value":"permit.review"}]','{"amount":10,"unit":"working_day","fixed":null,"roll":true,"hard":true}','[{"number":1,"id":"permit_review","outputs":{"amount":10,"unit":"working_day","fixed":null,"roll":true,"hard":true},"annotations":{"条款":"HL-2-1"}}]','[]','{"key":"permit.review","start":"2026-03-10T09:00:00+08:00","startOn":"2026-03-10","lastDay":"2026-03-24","dueAt":"2026-03-25T00:00:00+08:00","remindDay":"2026-03-24","remindAt":"2026-03-25T00:00:00+08:00","clause":"HL-2-1","provisional":false,"calendarVersion":"chinesecalendar 1.11.0","explanation":["自 2026-03-10 的次日起算 10 个工作日,末日为 2026-03-24","2026-03-24 24:00 前办结为按期"]}','2026-03-10 01:00:00.000000');
CREATE TABLE delegations (
	"key" INTEGER NOT NULL, 
	delegator_key INTEGER NOT NULL, 
	delegate_key INTEGER NOT NULL, 
	first_on DATE NOT NULL, 
	last_on DATE NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_delegations PRIMARY KEY ("key")
);
INSERT INTO "delegations" VALUES(384371715175399424,384371714957295620,384371714957295619,'2026-03-01','2026-03-31','2026-03-10 01:00:00.000000');
CREATE TABLE deployments (
	"key" INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	source TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	user_key INTEGER NOT NULL, 
	user_name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_deployments PRIMARY KEY ("key"), 
	CONSTRAINT uq_deployments_number UNIQUE (number)
);
INSERT INTO "deployments" VALUES(384371714378481664,1,'<default>','cli','',0,'系统','2026-03-10 01:00:00.000000');
INSERT INTO "deployments" VALUES(384371718983827456,2,'hill','cli','',0,'系统','2026-03-10 01:00:00.000000');
INSERT INTO "deployments" VALUES(384371719323566080,3,'hill','cli','',0,'系统','2026-03-10 01:00:00.000000');
CREATE TABLE element_instances (
	root_key INTEGER NOT NULL, 
	element INTEGER NOT NULL, 
	"key" INTEGER NOT NULL, 
	instance_key INTEGER NOT NULL, 
	element_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	type TEXT NOT NULL, 
	state TEXT NOT NULL, 
	scope INTEGER NOT NULL, 
	loop_counter INTEGER, 
	entered_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_element_instances PRIMARY KEY (root_key, element), 
	CONSTRAINT uq_element_instances_key UNIQUE ("key")
);
INSERT INTO "element_instances" VALUES(384371715271868416,1,384371715280257024,384371715271868416,'start','开始','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,2,384371715280257025,384371715271868416,'apply','填报申请','userTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,3,384371716978950144,384371715271868416,'decide_gate','判断审查方式','businessRuleTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,4,384371716978950146,384371715271868416,'keep_facts','登记台账','serviceTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,5,384371716983144448,384371715271868416,'move_declared','转入已申报','serviceTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,6,384371716987338752,384371715271868416,'review','审查申请','userTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,7,384371717356437504,384371715271868416,'verdict','是否同意','exclusiveGateway','completed',0,NULL,'2026-03-10 02:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,8,384371717356437505,384371715271868416,'move_approved','转入已批复','serviceTask','completed',0,NULL,'2026-03-10 02:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,9,384371717356437506,384371715271868416,'tell_applicant','通知申报单位','serviceTask','completed',0,NULL,'2026-03-10 02:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,10,384371717360631809,384371715271868416,'request_inspection','请求检查','serviceTask','completed',0,NULL,'2026-03-10 02:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "element_instances" VALUES(384371715271868416,11,384371717360631811,384371715271868416,'end_approved','已批复','endEvent','completed',0,NULL,'2026-03-10 02:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "element_instances" VALUES(384371717616484352,1,384371717620678656,384371717616484352,'requested','收到检查请求','startEvent','completed',0,NULL,'2026-03-10 02:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "element_instances" VALUES(384371717616484352,2,384371717620678657,384371717616484352,'read_facts','读取台账','serviceTask','completed',0,NULL,'2026-03-10 02:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "element_instances" VALUES(384371717616484352,3,384371717620678658,384371717616484352,'allot','取检查编号','serviceTask','completed',0,NULL,'2026-03-10 02:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "element_instances" VALUES(384371717616484352,4,384371717679398912,384371717616484352,'inspect','现场检查','userTask','completed',0,NULL,'2026-03-10 02:00:00.000000','2026-03-10 03:00:00.000000');
INSERT INTO "element_instances" VALUES(384371717616484352,5,384371718086246400,384371717616484352,'keep_record','登记检查','serviceTask','completed',0,NULL,'2026-03-10 03:00:00.000000','2026-03-10 03:00:00.000000');
INSERT INTO "element_instances" VALUES(384371717616484352,6,384371718094635008,384371717616484352,'count_records','查询检查','serviceTask','completed',0,NULL,'2026-03-10 03:00:00.000000','2026-03-10 03:00:00.000000');
INSERT INTO "element_instances" VALUES(384371717616484352,7,384371718153355264,384371717616484352,'wait_report','等待报告','receiveTask','active',0,NULL,'2026-03-10 03:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371718409207808,1,384371718413402112,384371718409207808,'start','开始','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371718409207808,2,384371718413402113,384371718409207808,'apply','填报申请','userTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371718409207808,3,384371718480510976,384371718409207808,'decide_gate','判断审查方式','businessRuleTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371718409207808,4,384371718480510978,384371718409207808,'keep_facts','登记台账','serviceTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371718409207808,5,384371718484705280,384371718409207808,'move_declared','转入已申报','serviceTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371718409207808,6,384371718484705281,384371718409207808,'review','审查申请','userTask','active',0,NULL,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371718778306560,1,384371718782500864,384371718778306560,'start','开始','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371718778306560,2,384371718782500865,384371718778306560,'bad_phase','转入未知阶段','serviceTask','active',0,NULL,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371718878969856,1,384371718878969857,384371718878969856,'start','开始','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371718878969856,2,384371718878969858,384371718878969856,'pause','等一天','intermediateCatchEvent','active',0,NULL,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371719621361664,1,384371719625555968,384371719621361664,'start','','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719621361664,2,384371719625555969,384371719621361664,'f','','parallelGateway','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719621361664,3,384371719625555970,384371719621361664,'outside','','serviceTask','active',0,NULL,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371719621361664,4,384371719625555972,384371719621361664,'c','','callActivity','active',0,NULL,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371719621361664,5,384371719625555974,384371719621361664,'a','a','userTask','active',0,NULL,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371719621361664,6,384371719625555976,384371719621361664,'b','b','multiInstanceBody','active',0,NULL,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371719621361664,7,384371719625555977,384371719621361664,'b','b','userTask','active',6,1,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371719621361664,8,384371719625555978,384371719621361664,'b','b','userTask','active',6,2,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371719621361664,9,384371719625555981,384371719625555973,'start','','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719621361664,10,384371719625555982,384371719625555973,'inner','inner','userTask','active',0,NULL,'2026-03-10 01:00:00.000000',NULL);
INSERT INTO "element_instances" VALUES(384371719822688256,1,384371719826882560,384371719822688256,'start','','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719822688256,2,384371719826882561,384371719822688256,'f','','parallelGateway','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719822688256,3,384371719826882562,384371719822688256,'outside','','serviceTask','terminated',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719822688256,4,384371719826882564,384371719822688256,'c','','callActivity','terminated',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719822688256,5,384371719826882566,384371719822688256,'a','a','userTask','terminated',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719822688256,6,384371719826882568,384371719822688256,'b','b','multiInstanceBody','terminated',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719822688256,7,384371719826882569,384371719822688256,'b','b','userTask','terminated',6,1,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719822688256,8,384371719826882570,384371719822688256,'b','b','userTask','terminated',6,2,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719822688256,9,384371719826882573,384371719826882565,'start','','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371719822688256,10,384371719826882574,384371719826882565,'inner','inner','userTask','terminated',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371720124678144,1,384371720124678145,384371720124678144,'start','','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371720124678144,2,384371720124678146,384371720124678144,'inner','inner','userTask','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371720124678144,3,384371720237924352,384371720124678144,'end','','endEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371720338587648,1,384371720338587649,384371720338587648,'start','','startEvent','completed',0,NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
INSERT INTO "element_instances" VALUES(384371720338587648,2,384371720338587650,384371720338587648,'inner','inner','userTask','active',0,NULL,'2026-03-10 01:00:00.000000',NULL);
CREATE TABLE form_definitions (
	"key" INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	form_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	version_tag TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	deployment_key INTEGER NOT NULL, 
	resource_key INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	CONSTRAINT pk_form_definitions PRIMARY KEY ("key"), 
	CONSTRAINT uq_form_definitions_tenant_form_id_version UNIQUE (tenant, form_id, version)
);
INSERT INTO "form_definitions" VALUES(384371714386870278,'<default>','inspection.inspect','现场检查',1,'',1,384371714378481664,384371714386870277,'734e0f7dd1329d255cb1e4010d7ebdd1b04e0053c611f711be2a29f74a3aeb48');
INSERT INTO "form_definitions" VALUES(384371714386870280,'<default>','permit.apply','填报申请',1,'',1,384371714378481664,384371714386870279,'4a1c68209d844c7792c3d058d8d36b2b7202e9046c8d90aeceb6e6d607abc315');
INSERT INTO "form_definitions" VALUES(384371714386870282,'<default>','permit.review','审查申请',1,'',1,384371714378481664,384371714386870281,'fa5f8902608b55d18b6966de329e4da42ed614c0ead1400195905eeda592d938');
INSERT INTO "form_definitions" VALUES(384371714386870284,'<default>','records.inspection','检查登记',1,'',1,384371714378481664,384371714386870283,'efd639cef37dd859db8514141b6572974d79ebc489e860990ff3f2a9082bd93c');
CREATE TABLE idempotency_keys (
	user_key INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	response TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_idempotency_keys PRIMARY KEY (user_key, "key")
);
INSERT INTO "idempotency_keys" VALUES(384371714957295616,'k1','d5be651b17200c9e19686be49d3aa03ff755f5f08fb6bc1cf519e0b57575fe1a','{"root":384371715271868416,"project":384371715200565248,"state":"active","incidents":[]}','2026-03-10 01:00:00.000000');
CREATE TABLE incidents (
	"key" INTEGER NOT NULL, 
	root_key INTEGER, 
	incident INTEGER, 
	wait_key INTEGER, 
	instance_key INTEGER, 
	tenant TEXT NOT NULL, 
	project_key INTEGER, 
	process_id TEXT NOT NULL, 
	element_id TEXT NOT NULL, 
	type TEXT NOT NULL, 
	message TEXT NOT NULL, 
	details TEXT NOT NULL, 
	opened_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	CONSTRAINT pk_incidents PRIMARY KEY ("key"), 
	CONSTRAINT uq_incidents_root_key_incident UNIQUE (root_key, incident)
);
INSERT INTO "incidents" VALUES(384371718782500866,384371718778306560,1,NULL,384371718778306560,'hill',NULL,'broken_call','bad_phase','JOB_NO_RETRIES','“转入未知阶段”(bad_phase)的任务“move_phase”多次失败:“转入未知阶段”(bad_phase,move_phase)要读写项目台账,但该流程实例不属于任何项目,请从项目页发起,或由带项目的流程发出消息启动。请排除原因后重试','{"type":"move_phase","error":"“转入未知阶段”(bad_phase,move_phase)要读写项目台账,但该流程实例不属于任何项目,请从项目页发起,或由带项目的流程发出消息启动"}','2026-03-10 01:00:00.000000',NULL);
CREATE TABLE jobs (
	"key" INTEGER NOT NULL, 
	root_key INTEGER NOT NULL, 
	element INTEGER NOT NULL, 
	instance_key INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	element_id TEXT NOT NULL, 
	type TEXT NOT NULL, 
	listener TEXT, 
	state TEXT NOT NULL, 
	retries INTEGER NOT NULL, 
	headers TEXT NOT NULL, 
	variables TEXT NOT NULL, 
	message TEXT NOT NULL, 
	retry_at DATETIME, 
	opened_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	CONSTRAINT pk_jobs PRIMARY KEY ("key")
);
INSERT INTO "jobs" VALUES(384371719625555971,384371719621361664,3,384371719621361664,'hill','outside','weigh',NULL,'open',3,'{}','{"amount":12.50,"nothing":null}','','2026-03-10 01:05:00.000000','2026-03-10 01:00:00.000000',NULL);
INSERT INTO "jobs" VALUES(384371719826882563,384371719822688256,3,384371719822688256,'hill','outside','weigh',NULL,'cancelled',3,'{}','{}','',NULL,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
CREATE TABLE memberships (
	"key" INTEGER NOT NULL, 
	user_key INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	organisation_key INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_memberships PRIMARY KEY ("key"), 
	CONSTRAINT uq_memberships_user_key_role_organisation_key UNIQUE (user_key, role, organisation_key)
);
INSERT INTO "memberships" VALUES(384371715003432960,384371714957295616,'applicant',384371714957295626,'2026-03-10 01:00:00.000000');
INSERT INTO "memberships" VALUES(384371715003432961,384371714957295617,'applicant',384371714957295627,'2026-03-10 01:00:00.000000');
INSERT INTO "memberships" VALUES(384371715003432962,384371714957295618,'finance',384371714957295625,'2026-03-10 01:00:00.000000');
INSERT INTO "memberships" VALUES(384371715003432963,384371714957295619,'data_bureau',384371714957295624,'2026-03-10 01:00:00.000000');
INSERT INTO "memberships" VALUES(384371715003432964,384371714957295620,'data_bureau_leader',384371714957295624,'2026-03-10 01:00:00.000000');
INSERT INTO "memberships" VALUES(384371715003432965,384371714957295621,'analyst',384371714957295624,'2026-03-10 01:00:00.000000');
INSERT INTO "memberships" VALUES(384371715003432966,384371714957295622,'system_admin',384371714957295624,'2026-03-10 01:00:00.000000');
INSERT INTO "memberships" VALUES(384371715003432967,384371714957295623,'finance',384371714961489920,'2026-03-10 01:00:00.000000');
CREATE TABLE message_deliveries (
	message_key INTEGER NOT NULL, 
	target TEXT NOT NULL, 
	root_key INTEGER NOT NULL, 
	delivered_at DATETIME NOT NULL, 
	CONSTRAINT pk_message_deliveries PRIMARY KEY (message_key, target)
);
INSERT INTO "message_deliveries" VALUES(384371717360631810,'inspection',384371717616484352,'2026-03-10 02:00:00.000000');
CREATE TABLE messages (
	"key" INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	correlation_key TEXT NOT NULL, 
	variables TEXT NOT NULL, 
	project_key INTEGER, 
	source_root INTEGER, 
	state TEXT NOT NULL, 
	published_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_messages PRIMARY KEY ("key")
);
INSERT INTO "messages" VALUES(384371717360631810,'hill','message','inspection_requested','384371715200565248','{"reason":"批复后检查"}',384371715200565248,384371715271868416,'open','2026-03-10 02:00:00.000000','2026-03-17 02:00:00.000000');
INSERT INTO "messages" VALUES(384371720451833856,'hill','message','nobody_listens','x','{"a":1}',NULL,NULL,'open','2026-03-10 01:00:00.000000','2026-03-17 01:00:00.000000');
INSERT INTO "messages" VALUES(384371720497971200,'hill','signal','nobody_hears','','{}',NULL,NULL,'closed','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
CREATE TABLE notification_reads (
	notification_key INTEGER NOT NULL, 
	user_key INTEGER NOT NULL, 
	read_at DATETIME NOT NULL, 
	CONSTRAINT pk_notification_reads PRIMARY KEY (notification_key, user_key)
);
INSERT INTO "notification_reads" VALUES(384371717360631808,384371714957295616,'2026-03-10 01:00:00.000000');
CREATE TABLE notifications (
	"key" INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	role TEXT NOT NULL, 
	office_key INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT NOT NULL, 
	project_key INTEGER, 
	root_key INTEGER, 
	element_id TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_notifications PRIMARY KEY ("key")
);
INSERT INTO "notifications" VALUES(384371717360631808,'hill','applicant',384371714957295626,'申请已批复','批复金额4999.99',384371715200565248,384371715271868416,'tell_applicant','2026-03-10 02:00:00.000000');
CREATE TABLE numbers (
	tenant TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	year INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	CONSTRAINT pk_numbers PRIMARY KEY (tenant, kind, year)
);
INSERT INTO "numbers" VALUES('hill','inspection',2026,1);
CREATE TABLE organisations (
	"key" INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_organisations PRIMARY KEY ("key"), 
	CONSTRAINT uq_organisations_tenant_name UNIQUE (tenant, name)
);
INSERT INTO "organisations" VALUES(384371714957295624,'hill','山丘区数据局','2026-03-10 01:00:00.000000');
INSERT INTO "organisations" VALUES(384371714957295625,'hill','山丘区财政局','2026-03-10 01:00:00.000000');
INSERT INTO "organisations" VALUES(384371714957295626,'hill','教育局','2026-03-10 01:00:00.000000');
INSERT INTO "organisations" VALUES(384371714957295627,'hill','水利局','2026-03-10 01:00:00.000000');
INSERT INTO "organisations" VALUES(384371714961489920,'valley','河谷区财政局','2026-03-10 01:00:00.000000');
CREATE TABLE process_definitions (
	"key" INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	process_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	version_tag TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	deployment_key INTEGER NOT NULL, 
	resource_key INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	CONSTRAINT pk_process_definitions PRIMARY KEY ("key"), 
	CONSTRAINT uq_process_definitions_tenant_process_id_version UNIQUE (tenant, process_id, version)
);
INSERT INTO "process_definitions" VALUES(384371714382675969,'<default>','broken_call','失败的服务',1,'',1,384371714378481664,384371714382675968,'5b3b6e1f46dba51c2f4eab4aa1d9f20d9be2bba631316689a0dfeb53dd09fdbb');
INSERT INTO "process_definitions" VALUES(384371714382675971,'<default>','inspection','检查',1,'',1,384371714378481664,384371714382675970,'97336630c29187a382f63deed20fd47cb6a79ca09208e1f5bd1c929f5c2ad88d');
INSERT INTO "process_definitions" VALUES(384371714382675973,'<default>','permit','许可',1,'',1,384371714378481664,384371714382675972,'67911630927b574fca97ce386a9c2d68e94ea56e86153cec2e4129d87454ae96');
INSERT INTO "process_definitions" VALUES(384371714382675975,'<default>','year_notice','年度通知',1,'',1,384371714378481664,384371714382675974,'a81f6f810602f3e60eed4d9874275f321fb1d36818736206ef61fd4231965761');
INSERT INTO "process_definitions" VALUES(384371714386870272,'<default>','yearly','每年自动开始',1,'',1,384371714378481664,384371714382675976,'c38cd8d697f2fcaad66846dade24344276baa1a2198fa97702da7687bbc8ec54');
INSERT INTO "process_definitions" VALUES(384371718983827458,'hill','inner_work','inner_work',1,'',2,384371718983827456,384371718983827457,'32c023f75987d42c3a28af2662435bceed482957667c7e2cf2b37565aa0c205f');
INSERT INTO "process_definitions" VALUES(384371719361314817,'hill','weighing','weighing',1,'',3,384371719323566080,384371719361314816,'ec31bc132e5121b266103e79d96adbe355c08ba5b598683478871ee4df86dce8');
CREATE TABLE process_instances (
	"key" INTEGER NOT NULL, 
	root_key INTEGER NOT NULL, 
	local INTEGER NOT NULL, 
	parent_key INTEGER, 
	tenant TEXT NOT NULL, 
	process_id TEXT NOT NULL, 
	process_name TEXT NOT NULL, 
	definition_key INTEGER NOT NULL, 
	definition_version INTEGER NOT NULL, 
	version_tag TEXT NOT NULL, 
	state TEXT NOT NULL, 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	project_key INTEGER, 
	correlation_key TEXT, 
	version INTEGER NOT NULL, 
	catalogue_version INTEGER NOT NULL, 
	blob TEXT, 
	keys TEXT, 
	audit_mac TEXT NOT NULL, 
	audit_count INTEGER NOT NULL, suspended_at DATETIME, 
	CONSTRAINT pk_process_instances PRIMARY KEY ("key")
);
INSERT INTO "process_instances" VALUES(384371715271868416,384371715271868416,1,NULL,'hill','permit','许可',384371714382675973,1,'','completed','2026-03-10 01:00:00.000000','2026-03-10 02:00:00.000000',384371715200565248,NULL,2,1,'{"format":1,"catalogue":1,"state":"completed","counters":{"instance":1,"element":11,"wait":1,"incident":0},"instances":[{"id":1,"definition":384371714382675973,"process":"permit","stage":"leaving","variables":{"projectKey":"384371715200565248","projectName":"教育平台","applicantOffice":"教育局","amount":4999.99,"receivedAt":"2026-03-10T09:00:00+08:00","reason":"设备老化","permitGate":{"role":"finance","large":false},"phase":"approved","verdict":"同意"}}],"tokens":[],"waits":[],"incidents":[]}','{"1":384371715271868416}','aa3e2ba285241f05519f15b5160453fe3de43376b0958037ef16c5f89f5584d1',3,NULL);
INSERT INTO "process_instances" VALUES(384371717616484352,384371717616484352,1,NULL,'hill','inspection','检查',384371714382675971,1,'','active','2026-03-10 02:00:00.000000',NULL,384371715200565248,'384371715200565248',1,1,'{"format":1,"catalogue":1,"state":"active","counters":{"instance":1,"element":7,"wait":1,"incident":0},"instances":[{"id":1,"definition":384371714382675971,"process":"inspection","variables":{"reason":"批复后检查","projectKey":"384371715200565248","projectName":"教育平台","applicantOffice":"教育局","totalAmount":5000.00,"receivedAt":"2026-03-10T09:00:00+08:00","phase":"approved","inspectionNumber":"检2026-0001","result":"合格","recordKey":"384371718090440704","found":1}}],"tokens":[{"id":7,"at":"wait_report","flow":"flow_count_records_wait_report"}],"waits":[{"id":1,"owner":7,"event":"wait_report","memo":{"name":"report_received","key":"检2026-0001"}}],"incidents":[]}','{"1":384371717616484352}','190a173fcccd9fe4508662602e3bf3205754f2e819e2b18f4161099d65998b26',2,NULL);
INSERT INTO "process_instances" VALUES(384371718409207808,384371718409207808,1,NULL,'hill','permit','许可',384371714382675973,1,'','active','2026-03-10 01:00:00.000000',NULL,384371718405013504,NULL,2,1,'{"format":1,"catalogue":1,"state":"active","counters":{"instance":1,"element":6,"wait":1,"incident":0},"instances":[{"id":1,"definition":384371714382675973,"process":"permit","variables":{"projectKey":"384371718405013504","projectName":"水利监测","applicantOffice":"水利局","amount":5000.00,"receivedAt":"2026-03-10T09:00:00+08:00","reason":"设备老化","permitGate":{"role":"finance","large":false},"phase":"declared"}}],"tokens":[{"id":6,"at":"review","flow":"flow_move_declared_review","memo":{"phase":"open"}}],"waits":[{"id":1,"owner":6,"event":"review_limit"}],"incidents":[]}','{"1":384371718409207808}','beecf4707410171d7e412fe13c30320e1d82b34f442e96304a44909cdf6b9f4e',3,NULL);
INSERT INTO "process_instances" VALUES(384371718778306560,384371718778306560,1,NULL,'hill','broken_call','失败的服务',384371714382675969,1,'','active','2026-03-10 01:00:00.000000',NULL,NULL,NULL,0,1,'{"format":1,"catalogue":1,"state":"active","counters":{"instance":1,"element":2,"wait":0,"incident":1},"instances":[{"id":1,"definition":384371714382675969,"process":"broken_call"}],"tokens":[{"id":2,"at":"bad_phase","flow":"flow_start_bad_phase","memo":{"job":{"type":"move_phase","retries":3,"closed":true}}}],"waits":[],"incidents":[{"id":1,"token":2,"type":"JOB_NO_RETRIES","message":"“转入未知阶段”(bad_phase)的任务“move_phase”多次失败:“转入未知阶段”(bad_phase,move_phase)要读写项目台账,但该流程实例不属于任何项目,请从项目页发起,或由带项目的流程发出消息启动。请排除原因后重试","details":{"type":"move_phase","error":"“转入未知阶段”(bad_phase,move_phase)要读写项目台账,但该流程实例不属于任何项目,请从项目页发起,或由带项目的流程发出消息启动"}}]}','{"1":384371718778306560}','8b0e600c031871f395e9e81ec00efd4ec581bf2eecfabc821a93d73c3989057e',1,NULL);
INSERT INTO "process_instances" VALUES(384371718878969856,384371718878969856,1,NULL,'hill','year_notice','年度通知',384371714382675975,1,'','active','2026-03-10 01:00:00.000000',NULL,NULL,NULL,0,1,'{"format":1,"catalogue":1,"state":"active","counters":{"instance":1,"element":2,"wait":1,"incident":0},"instances":[{"id":1,"definition":384371714382675975,"process":"year_notice"}],"tokens":[{"id":2,"at":"pause","flow":"flow_start_pause"}],"waits":[{"id":1,"owner":2,"event":"pause"}],"incidents":[]}','{"1":384371718878969856}','828ae4db04d16daf4fa51aa3dce458e422535ff8fb72bd12c008d595d4bf98b3',1,NULL);
INSERT INTO "process_instances" VALUES(384371719621361664,384371719621361664,1,NULL,'hill','weighing','weighing',384371719361314817,1,'','active','2026-03-10 01:00:00.000000',NULL,NULL,NULL,0,3,'{"format":1,"catalogue":3,"state":"active","counters":{"instance":2,"element":10,"wait":0,"incident":0},"instances":[{"id":1,"definition":384371719361314817,"process":"weighing","variables":{"amount":12.50,"nothing":null}},{"id":2,"definition":384371718983827458,"process":"inner_work","parent":1,"call":4,"variables":{"amount":12.50,"nothing":null},"memo":{"written":[]}}],"tokens":[{"id":3,"at":"outside","flow":"flow_4","memo":{"job":{"type":"weigh","retries":3}}},{"id":4,"at":"c","flow":"flow_7"},{"id":5,"at":"a","flow":"flow_9","memo":{"phase":"open"}},{"id":6,"at":"b","flow":"flow_11","memo":{"total":2,"index":2,"next":2,"done":0}},{"id":7,"at":"b","body":6,"variables":{"loopCounter":1,"i":1},"memo":{"phase":"open"}},{"id":8,"at":"b","body":6,"variables":{"loopCounter":2,"i":2},"memo":{"phase":"open"}},{"id":10,"at":"inner","instance":2,"flow":"flow_1","memo":{"phase":"open"}}],"waits":[],"incidents":[]}','{"1":384371719621361664,"2":384371719625555973}','17413e48810acab2a3bd2c8b49c3632c417bae0aab0016d2ae4a8869ab3d1c1a',1,NULL);
INSERT INTO "process_instances" VALUES(384371719625555973,384371719621361664,2,384371719621361664,'hill','inner_work','inner_work',384371718983827458,1,'','active','2026-03-10 01:00:00.000000',NULL,NULL,NULL,0,3,NULL,NULL,'',0,NULL);
INSERT INTO "process_instances" VALUES(384371719822688256,384371719822688256,1,NULL,'hill','weighing','weighing',384371719361314817,1,'','cancelled','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',NULL,NULL,1,3,'{"format":1,"catalogue":3,"state":"cancelled","counters":{"instance":2,"element":10,"wait":0,"incident":0},"instances":[{"id":1,"definition":384371719361314817,"process":"weighing"}],"tokens":[],"waits":[],"incidents":[]}','{"1":384371719822688256,"2":384371719826882565}','23ee76d0307050bb786f5bef8936d4e242d0855765637c152660dbf9b4caecbb',2,NULL);
INSERT INTO "process_instances" VALUES(384371719826882565,384371719822688256,2,384371719822688256,'hill','inner_work','inner_work',384371718983827458,1,'','cancelled','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',NULL,NULL,0,3,NULL,NULL,'',0,NULL);
INSERT INTO "process_instances" VALUES(384371720124678144,384371720124678144,1,NULL,'hill','inner_work','inner_work',384371718983827458,1,'','completed','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',NULL,NULL,1,3,'{"format":1,"catalogue":3,"state":"completed","counters":{"instance":1,"element":3,"wait":0,"incident":0},"instances":[{"id":1,"definition":384371718983827458,"process":"inner_work","stage":"leaving"}],"tokens":[],"waits":[],"incidents":[]}','{"1":384371720124678144}','d4ae7e9f59f85cf595a7b232cb4a270a13bd76cc78cbbde6164769d7a145a1dc',2,NULL);
INSERT INTO "process_instances" VALUES(384371720338587648,384371720338587648,1,NULL,'hill','inner_work','inner_work',384371718983827458,1,'','active','2026-03-10 01:00:00.000000',NULL,NULL,NULL,1,3,'{"format":1,"catalogue":3,"state":"active","counters":{"instance":1,"element":2,"wait":0,"incident":0},"instances":[{"id":1,"definition":384371718983827458,"process":"inner_work"}],"tokens":[{"id":2,"at":"inner","flow":"flow_1","memo":{"phase":"open"}}],"waits":[],"incidents":[],"suspended":true}','{"1":384371720338587648}','45aa1d3166582d508bb325afd21c35a55c7b8381214fa5accb3912d9614ab4df',2,'2026-03-10 01:00:00.000000');
CREATE TABLE project_offices (
	project_key INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	organisation_key INTEGER NOT NULL, 
	CONSTRAINT pk_project_offices PRIMARY KEY (project_key, role, organisation_key)
);
INSERT INTO "project_offices" VALUES(384371715200565248,'applicant',384371714957295626);
INSERT INTO "project_offices" VALUES(384371718405013504,'applicant',384371714957295627);
CREATE TABLE projects (
	"key" INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	number TEXT NOT NULL, 
	name TEXT NOT NULL, 
	phase TEXT NOT NULL, 
	applicant_key INTEGER NOT NULL, 
	applicant_office TEXT NOT NULL, 
	plan_year INTEGER, 
	total_amount BIGINT, 
	contract_amount BIGINT, 
	facts TEXT NOT NULL, 
	offices TEXT NOT NULL, 
	phases TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	created_by INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_projects PRIMARY KEY ("key")
);
INSERT INTO "projects" VALUES(384371715200565248,'hill','','教育平台','approved',384371714957295626,'教育局',NULL,500000,NULL,'{"projectKey":"384371715200565248","projectName":"教育平台","applicantOffice":"教育局","totalAmount":5000.00,"receivedAt":"2026-03-10T09:00:00+08:00"}','{"applicant":[[384371714957295626,"教育局"]]}','[["draft","2026-03-10T01:00:00+00:00"],["declared","2026-03-10T01:00:00+00:00"],["approved","2026-03-10T02:00:00+00:00"]]',2,384371714957295616,'2026-03-10 01:00:00.000000','2026-03-10 02:00:00.000000');
INSERT INTO "projects" VALUES(384371718405013504,'hill','','水利监测','declared',384371714957295627,'水利局',NULL,500000,NULL,'{"projectKey":"384371718405013504","projectName":"水利监测","applicantOffice":"水利局","totalAmount":5000.00,"receivedAt":"2026-03-10T09:00:00+08:00"}','{"applicant":[[384371714957295627,"水利局"]]}','[["draft","2026-03-10T01:00:00+00:00"],["declared","2026-03-10T01:00:00+00:00"]]',1,384371714957295617,'2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000');
CREATE TABLE records (
	"key" INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	project_key INTEGER, 
	kind TEXT NOT NULL, 
	data TEXT NOT NULL, 
	amount BIGINT, 
	root_key INTEGER, 
	element_id TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_records PRIMARY KEY ("key")
);
INSERT INTO "records" VALUES(384371718090440704,'hill',384371715200565248,'inspection','{"number":"检2026-0001","result":"合格","amount":5000.00}',500000,384371717616484352,'keep_record','2026-03-10 03:00:00.000000');
CREATE TABLE resources (
	"key" INTEGER NOT NULL, 
	deployment_key INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	file TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	content BLOB NOT NULL, 
	CONSTRAINT pk_resources PRIMARY KEY ("key")
);
INSERT INTO "resources" VALUES(384371714382675968,384371714378481664,'<default>','bpmn/broken_call.bpmn','5b3b6e1f46dba51c2f4eab4aa1d9f20d9be2bba631316689a0dfeb53dd09fdbb',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C62706D6E3A646566696E6974696F6E7320786D6C6E733A62706D6E3D22687474703A2F2F7777772E6F6D672E6F72672F737065632F42504D4E2F32303130303532342F4D4F44454C2220786D6C6E733A7A656562653D22687474703A2F2F63616D756E64612E6F72672F736368656D612F7A656562652F312E302220786D6C6E733A6D6F64656C65723D22687474703A2F2F63616D756E64612E6F72672F736368656D612F6D6F64656C65722F312E302220786D6C6E733A7873693D22687474703A2F2F7777772E77332E6F72672F323030312F584D4C536368656D612D696E7374616E6365222069643D22646566696E6974696F6E735F62726F6B656E5F63616C6C22207461726765744E616D6573706163653D2268747470733A2F2F7175616E6368656E672E6465762F746573747322206D6F64656C65723A657865637574696F6E506C6174666F726D3D2243616D756E646120436C6F756422206D6F64656C65723A657865637574696F6E506C6174666F726D56657273696F6E3D22382E382E30223E0A20203C62706D6E3A70726F636573732069643D2262726F6B656E5F63616C6C22206E616D653D22E5A4B1E8B4A5E79A84E69C8DE58AA12220697345786563757461626C653D2274727565223E0A202020203C62706D6E3A73746172744576656E742069643D22737461727422206E616D653D22E5BC80E5A78B223E3C2F62706D6E3A73746172744576656E743E0A202020203C62706D6E3A736572766963655461736B2069643D226261645F706861736522206E616D653D22E8BDACE585A5E69CAAE79FA5E998B6E6AEB5223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D226D6F76655F7068617365222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D227068617365222076616C75653D226E6F7768657265222F3E3C2F7A656562653A7461736B486561646572733E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A757365725461736B2069643D22616674657222206E616D653D22E4B98BE5908E223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A757365725461736B2F3E3C7A656562653A61737369676E6D656E74446566696E6974696F6E2063616E64696461746547726F7570733D22646174615F627572656175222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A757365725461736B3E0A202020203C62706D6E3A656E644576656E742069643D22656E6422206E616D653D22E7BB93E69D9F223E3C2F62706D6E3A656E644576656E743E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F73746172745F6261645F70686173652220736F757263655265663D22737461727422207461726765745265663D226261645F7068617365223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6261645F70686173655F61667465722220736F757263655265663D226261645F706861736522207461726765745265663D226166746572223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F61667465725F656E642220736F757263655265663D22616674657222207461726765745265663D22656E64223E3C2F62706D6E3A73657175656E6365466C6F773E0A20203C2F62706D6E3A70726F636573733E0A3C2F62706D6E3A646566696E6974696F6E733E0A');
INSERT INTO "resources" VALUES(384371714382675970,384371714378481664,'<default>','bpmn/inspection.bpmn','97336630c29187a382f63deed20fd47cb6a79ca09208e1f5bd1c929f5c2ad88d',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C62706D6E3A646566696E6974696F6E7320786D6C6E733A62706D6E3D22687474703A2F2F7777772E6F6D672E6F72672F737065632F42504D4E2F32303130303532342F4D4F44454C2220786D6C6E733A7A656562653D22687474703A2F2F63616D756E64612E6F72672F736368656D612F7A656562652F312E302220786D6C6E733A6D6F64656C65723D22687474703A2F2F63616D756E64612E6F72672F736368656D612F6D6F64656C65722F312E302220786D6C6E733A7873693D22687474703A2F2F7777772E77332E6F72672F323030312F584D4C536368656D612D696E7374616E6365222069643D22646566696E6974696F6E735F696E7370656374696F6E22207461726765744E616D6573706163653D2268747470733A2F2F7175616E6368656E672E6465762F746573747322206D6F64656C65723A657865637574696F6E506C6174666F726D3D2243616D756E646120436C6F756422206D6F64656C65723A657865637574696F6E506C6174666F726D56657273696F6E3D22382E382E30223E0A20203C62706D6E3A6D6573736167652069643D226D6573736167655F696E7370656374696F6E22206E616D653D22696E7370656374696F6E5F726571756573746564223E3C2F62706D6E3A6D6573736167653E0A20203C62706D6E3A6D6573736167652069643D226D6573736167655F7265706F727422206E616D653D227265706F72745F7265636569766564223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A737562736372697074696F6E20636F7272656C6174696F6E4B65793D223D696E7370656374696F6E4E756D626572222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A6D6573736167653E0A20203C62706D6E3A70726F636573732069643D22696E7370656374696F6E22206E616D653D22E6A380E69FA52220697345786563757461626C653D2274727565223E0A202020203C62706D6E3A73746172744576656E742069643D2272657175657374656422206E616D653D22E694B6E588B0E6A380E69FA5E8AFB7E6B182223E3C62706D6E3A6D6573736167654576656E74446566696E6974696F6E206D6573736167655265663D226D6573736167655F696E7370656374696F6E222F3E3C2F62706D6E3A73746172744576656E743E0A202020203C62706D6E3A73746172744576656E742069643D2262795F68616E6422206E616D653D22E4BABAE5B7A5E58F91E8B5B7223E3C2F62706D6E3A73746172744576656E743E0A202020203C62706D6E3A736572766963655461736B2069643D22726561645F666163747322206E616D653D22E8AFBBE58F96E58FB0E8B4A6223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D22726561645F70726F6A656374222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A736572766963655461736B2069643D22616C6C6F7422206E616D653D22E58F96E6A380E69FA5E7BC96E58FB7223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D22616C6C6F745F6E756D626572222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D226B696E64222076616C75653D22696E7370656374696F6E222F3E3C7A656562653A686561646572206B65793D22707265666978222076616C75653D22E6A380222F3E3C2F7A656562653A7461736B486561646572733E3C7A656562653A696F4D617070696E673E3C7A656562653A6F757470757420736F757263653D223D6E756D62657222207461726765743D22696E7370656374696F6E4E756D626572222F3E3C2F7A656562653A696F4D617070696E673E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A757365725461736B2069643D22696E737065637422206E616D653D22E78EB0E59CBAE6A380E69FA5223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A757365725461736B2F3E3C7A656562653A666F726D446566696E6974696F6E20666F726D49643D22696E7370656374696F6E2E696E7370656374222F3E3C7A656562653A61737369676E6D656E74446566696E6974696F6E2063616E64696461746547726F7570733D22646174615F627572656175222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A757365725461736B3E0A202020203C62706D6E3A736572766963655461736B2069643D226B6565705F7265636F726422206E616D653D22E799BBE8AEB0E6A380E69FA5223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D227075745F7265636F7264222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D226B696E64222076616C75653D22696E7370656374696F6E222F3E3C2F7A656562653A7461736B486561646572733E3C7A656562653A696F4D617070696E673E3C7A656562653A696E70757420736F757263653D223D696E7370656374696F6E4E756D62657222207461726765743D226E756D626572222F3E3C7A656562653A696E70757420736F757263653D223D726573756C7422207461726765743D22726573756C74222F3E3C7A656562653A696E70757420736F757263653D223D746F74616C416D6F756E7422207461726765743D22616D6F756E74222F3E3C2F7A656562653A696F4D617070696E673E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A736572766963655461736B2069643D22636F756E745F7265636F72647322206E616D653D22E69FA5E8AFA2E6A380E69FA5223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D2271756572795F7265636F726473222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D226B696E64222076616C75653D22696E7370656374696F6E222F3E3C2F7A656562653A7461736B486561646572733E3C7A656562653A696F4D617070696E673E3C7A656562653A696E70757420736F757263653D223D726573756C7422207461726765743D22726573756C74222F3E3C7A656562653A6F757470757420736F757263653D223D636F756E74287265636F7264732922207461726765743D22666F756E64222F3E3C2F7A656562653A696F4D617070696E673E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A726563656976655461736B2069643D22776169745F7265706F727422206E616D653D22E7AD89E5BE85E68AA5E5918A22206D6573736167655265663D226D6573736167655F7265706F7274222F3E0A202020203C62706D6E3A656E644576656E742069643D22656E6422206E616D653D22E7BB93E69D9F223E3C2F62706D6E3A656E644576656E743E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F7265717565737465645F726561645F66616374732220736F757263655265663D2272657175657374656422207461726765745265663D22726561645F6661637473223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F62795F68616E645F726561645F66616374732220736F757263655265663D2262795F68616E6422207461726765745265663D22726561645F6661637473223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F726561645F66616374735F616C6C6F742220736F757263655265663D22726561645F666163747322207461726765745265663D22616C6C6F74223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F616C6C6F745F696E73706563742220736F757263655265663D22616C6C6F7422207461726765745265663D22696E7370656374223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F696E73706563745F6B6565705F7265636F72642220736F757263655265663D22696E737065637422207461726765745265663D226B6565705F7265636F7264223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6B6565705F7265636F72645F636F756E745F7265636F7264732220736F757263655265663D226B6565705F7265636F726422207461726765745265663D22636F756E745F7265636F726473223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F636F756E745F7265636F7264735F776169745F7265706F72742220736F757263655265663D22636F756E745F7265636F72647322207461726765745265663D22776169745F7265706F7274223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F776169745F7265706F72745F656E642220736F757263655265663D22776169745F7265706F727422207461726765745265663D22656E64223E3C2F62706D6E3A73657175656E6365466C6F773E0A20203C2F62706D6E3A70726F636573733E0A3C2F62706D6E3A646566696E6974696F6E733E0A');
INSERT INTO "resources" VALUES(384371714382675972,384371714378481664,'<default>','bpmn/permit.bpmn','67911630927b574fca97ce386a9c2d68e94ea56e86153cec2e4129d87454ae96',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C62706D6E3A646566696E6974696F6E7320786D6C6E733A62706D6E3D22687474703A2F2F7777772E6F6D672E6F72672F737065632F42504D4E2F32303130303532342F4D4F44454C2220786D6C6E733A7A656562653D22687474703A2F2F63616D756E64612E6F72672F736368656D612F7A656562652F312E302220786D6C6E733A6D6F64656C65723D22687474703A2F2F63616D756E64612E6F72672F736368656D612F6D6F64656C65722F312E302220786D6C6E733A7873693D22687474703A2F2F7777772E77332E6F72672F323030312F584D4C536368656D612D696E7374616E6365222069643D22646566696E6974696F6E735F7065726D697422207461726765744E616D6573706163653D2268747470733A2F2F7175616E6368656E672E6465762F746573747322206D6F64656C65723A657865637574696F6E506C6174666F726D3D2243616D756E646120436C6F756422206D6F64656C65723A657865637574696F6E506C6174666F726D56657273696F6E3D22382E382E30223E0A20203C62706D6E3A70726F636573732069643D227065726D697422206E616D653D22E8AEB8E58FAF2220697345786563757461626C653D2274727565223E0A202020203C62706D6E3A73746172744576656E742069643D22737461727422206E616D653D22E5BC80E5A78B223E3C2F62706D6E3A73746172744576656E743E0A202020203C62706D6E3A757365725461736B2069643D226170706C7922206E616D653D22E5A1ABE68AA5E794B3E8AFB7223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A757365725461736B2F3E3C7A656562653A666F726D446566696E6974696F6E20666F726D49643D227065726D69742E6170706C79222F3E3C7A656562653A61737369676E6D656E74446566696E6974696F6E2063616E64696461746547726F7570733D226170706C6963616E74222F3E3C7A656562653A70726F706572746965733E3C7A656562653A70726F7065727479206E616D653D22636C6175736573222076616C75653D22484C2D312D31222F3E3C2F7A656562653A70726F706572746965733E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A757365725461736B3E0A202020203C62706D6E3A627573696E65737352756C655461736B2069643D226465636964655F6761746522206E616D653D22E588A4E696ADE5AEA1E69FA5E696B9E5BC8F223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A63616C6C65644465636973696F6E206465636973696F6E49643D227065726D69745F676174652220726573756C745661726961626C653D227065726D697447617465222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A627573696E65737352756C655461736B3E0A202020203C62706D6E3A736572766963655461736B2069643D226B6565705F666163747322206E616D653D22E799BBE8AEB0E58FB0E8B4A6223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D227570646174655F70726F6A656374222F3E3C7A656562653A696F4D617070696E673E3C7A656562653A696E70757420736F757263653D223D616D6F756E7422207461726765743D22746F74616C416D6F756E74222F3E3C7A656562653A696E70757420736F757263653D223D7265636569766564417422207461726765743D2272656365697665644174222F3E3C2F7A656562653A696F4D617070696E673E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A736572766963655461736B2069643D226D6F76655F6465636C6172656422206E616D653D22E8BDACE585A5E5B7B2E794B3E68AA5223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D226D6F76655F7068617365222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D227068617365222076616C75653D226465636C61726564222F3E3C2F7A656562653A7461736B486561646572733E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A757365725461736B2069643D2272657669657722206E616D653D22E5AEA1E69FA5E794B3E8AFB7223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A757365725461736B2F3E3C7A656562653A666F726D446566696E6974696F6E20666F726D49643D227065726D69742E726576696577222F3E3C7A656562653A61737369676E6D656E74446566696E6974696F6E2063616E64696461746547726F7570733D223D5B7065726D6974476174652E726F6C655D222F3E3C7A656562653A7461736B5363686564756C6520647565446174653D223D646561646C696E65282671756F743B7065726D69742E7265766965772671756F743B2C207265636569766564417429222F3E3C7A656562653A70726F706572746965733E3C7A656562653A70726F7065727479206E616D653D22636C6175736573222076616C75653D22484C2D322D31222F3E3C2F7A656562653A70726F706572746965733E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A757365725461736B3E0A202020203C62706D6E3A626F756E646172794576656E742069643D227265766965775F6C696D697422206E616D653D22E5AEA1E69FA5E980BEE69C9F22206174746163686564546F5265663D22726576696577222063616E63656C41637469766974793D2266616C7365223E3C62706D6E3A74696D65724576656E74446566696E6974696F6E3E3C62706D6E3A74696D6544617465207873693A747970653D2262706D6E3A74466F726D616C45787072657373696F6E223E3D646561646C696E65282671756F743B7065726D69742E7265766965772671756F743B2C2072656365697665644174293C2F62706D6E3A74696D65446174653E3C2F62706D6E3A74696D65724576656E74446566696E6974696F6E3E3C2F62706D6E3A626F756E646172794576656E743E0A202020203C62706D6E3A736572766963655461736B2069643D226D61726B5F6C61746522206E616D653D22E799BBE8AEB0E980BEE69C9F223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D226D61726B5F6F766572647565222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D226576656E74222076616C75653D227065726D69742E726576696577222F3E3C7A656562653A686561646572206B65793D22746F222076616C75653D22646174615F6275726561755F6C6561646572222F3E3C2F7A656562653A7461736B486561646572733E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A656E644576656E742069643D22656E645F6C61746522206E616D653D22E980BEE69C9FE5B7B2E799BBE8AEB0223E3C2F62706D6E3A656E644576656E743E0A202020203C62706D6E3A6578636C7573697665476174657761792069643D227665726469637422206E616D653D22E698AFE590A6E5908CE6848F222064656661756C743D22666C6F775F766572646963745F6D6F76655F72656A6563746564222F3E0A202020203C62706D6E3A736572766963655461736B2069643D226D6F76655F617070726F76656422206E616D653D22E8BDACE585A5E5B7B2E689B9E5A48D223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D226D6F76655F7068617365222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D227068617365222076616C75653D22617070726F766564222F3E3C2F7A656562653A7461736B486561646572733E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A736572766963655461736B2069643D2274656C6C5F6170706C6963616E7422206E616D653D22E9809AE79FA5E794B3E68AA5E58D95E4BD8D223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D226E6F74696679222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D22746F222076616C75653D226F776E6572222F3E3C7A656562653A686561646572206B65793D227469746C65222076616C75653D22E794B3E8AFB7E5B7B2E689B9E5A48D222F3E3C2F7A656562653A7461736B486561646572733E3C7A656562653A696F4D617070696E673E3C7A656562653A696E70757420736F757263653D223D2671756F743BE689B9E5A48DE98791E9A29D2671756F743B202B20737472696E6728616D6F756E742922207461726765743D2274657874222F3E3C2F7A656562653A696F4D617070696E673E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A736572766963655461736B2069643D22726571756573745F696E7370656374696F6E22206E616D653D22E8AFB7E6B182E6A380E69FA5223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D227075626C6973685F6D657373616765222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D226D6573736167654E616D65222076616C75653D22696E7370656374696F6E5F726571756573746564222F3E3C2F7A656562653A7461736B486561646572733E3C7A656562653A696F4D617070696E673E3C7A656562653A696E70757420736F757263653D223D70726F6A6563744B657922207461726765743D22636F7272656C6174696F6E4B6579222F3E3C7A656562653A696E70757420736F757263653D223D7B726561736F6E3A202671756F743BE689B9E5A48DE5908EE6A380E69FA52671756F743B7D22207461726765743D227661726961626C6573222F3E3C2F7A656562653A696F4D617070696E673E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A736572766963655461736B2069643D226D6F76655F72656A656374656422206E616D653D22E8BDACE585A5E69CAAE9809AE8BF87223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D226D6F76655F7068617365222F3E3C7A656562653A7461736B486561646572733E3C7A656562653A686561646572206B65793D227068617365222076616C75653D2272656A6563746564222F3E3C2F7A656562653A7461736B486561646572733E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A656E644576656E742069643D22656E645F617070726F76656422206E616D653D22E5B7B2E689B9E5A48D223E3C2F62706D6E3A656E644576656E743E0A202020203C62706D6E3A656E644576656E742069643D22656E645F72656A656374656422206E616D653D22E69CAAE9809AE8BF87223E3C2F62706D6E3A656E644576656E743E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F73746172745F6170706C792220736F757263655265663D22737461727422207461726765745265663D226170706C79223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6170706C795F6465636964655F676174652220736F757263655265663D226170706C7922207461726765745265663D226465636964655F67617465223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6465636964655F676174655F6B6565705F66616374732220736F757263655265663D226465636964655F6761746522207461726765745265663D226B6565705F6661637473223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6B6565705F66616374735F6D6F76655F6465636C617265642220736F757263655265663D226B6565705F666163747322207461726765745265663D226D6F76655F6465636C61726564223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6D6F76655F6465636C617265645F7265766965772220736F757263655265663D226D6F76655F6465636C6172656422207461726765745265663D22726576696577223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F7265766965775F766572646963742220736F757263655265663D2272657669657722207461726765745265663D2276657264696374223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F7265766965775F6C696D69745F6D61726B5F6C6174652220736F757263655265663D227265766965775F6C696D697422207461726765745265663D226D61726B5F6C617465223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6D61726B5F6C6174655F656E645F6C6174652220736F757263655265663D226D61726B5F6C61746522207461726765745265663D22656E645F6C617465223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F766572646963745F6D6F76655F617070726F7665642220736F757263655265663D227665726469637422207461726765745265663D226D6F76655F617070726F766564223E3C62706D6E3A636F6E646974696F6E45787072657373696F6E207873693A747970653D2262706D6E3A74466F726D616C45787072657373696F6E223E3D76657264696374203D2022E5908CE6848F223C2F62706D6E3A636F6E646974696F6E45787072657373696F6E3E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F766572646963745F6D6F76655F72656A65637465642220736F757263655265663D227665726469637422207461726765745265663D226D6F76655F72656A6563746564223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6D6F76655F617070726F7665645F74656C6C5F6170706C6963616E742220736F757263655265663D226D6F76655F617070726F76656422207461726765745265663D2274656C6C5F6170706C6963616E74223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F74656C6C5F6170706C6963616E745F726571756573745F696E7370656374696F6E2220736F757263655265663D2274656C6C5F6170706C6963616E7422207461726765745265663D22726571756573745F696E7370656374696F6E223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F726571756573745F696E7370656374696F6E5F656E645F617070726F7665642220736F757263655265663D22726571756573745F696E7370656374696F6E22207461726765745265663D22656E645F617070726F766564223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6D6F76655F72656A65637465645F656E645F72656A65637465642220736F757263655265663D226D6F76655F72656A656374656422207461726765745265663D22656E645F72656A6563746564223E3C2F62706D6E3A73657175656E6365466C6F773E0A20203C2F62706D6E3A70726F636573733E0A3C2F62706D6E3A646566696E6974696F6E733E0A');
INSERT INTO "resources" VALUES(384371714382675974,384371714378481664,'<default>','bpmn/year_notice.bpmn','a81f6f810602f3e60eed4d9874275f321fb1d36818736206ef61fd4231965761',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C62706D6E3A646566696E6974696F6E7320786D6C6E733A62706D6E3D22687474703A2F2F7777772E6F6D672E6F72672F737065632F42504D4E2F32303130303532342F4D4F44454C2220786D6C6E733A7A656562653D22687474703A2F2F63616D756E64612E6F72672F736368656D612F7A656562652F312E302220786D6C6E733A6D6F64656C65723D22687474703A2F2F63616D756E64612E6F72672F736368656D612F6D6F64656C65722F312E302220786D6C6E733A7873693D22687474703A2F2F7777772E77332E6F72672F323030312F584D4C536368656D612D696E7374616E6365222069643D22646566696E6974696F6E735F796561725F6E6F7469636522207461726765744E616D6573706163653D2268747470733A2F2F7175616E6368656E672E6465762F746573747322206D6F64656C65723A657865637574696F6E506C6174666F726D3D2243616D756E646120436C6F756422206D6F64656C65723A657865637574696F6E506C6174666F726D56657273696F6E3D22382E382E30223E0A20203C62706D6E3A70726F636573732069643D22796561725F6E6F7469636522206E616D653D22E5B9B4E5BAA6E9809AE79FA52220697345786563757461626C653D2274727565223E0A202020203C62706D6E3A73746172744576656E742069643D22737461727422206E616D653D22E5BC80E5A78B223E3C2F62706D6E3A73746172744576656E743E0A202020203C62706D6E3A696E7465726D65646961746543617463684576656E742069643D22706175736522206E616D653D22E7AD89E4B880E5A4A9223E3C62706D6E3A74696D65724576656E74446566696E6974696F6E3E3C62706D6E3A74696D654475726174696F6E207873693A747970653D2262706D6E3A74466F726D616C45787072657373696F6E223E5031443C2F62706D6E3A74696D654475726174696F6E3E3C2F62706D6E3A74696D65724576656E74446566696E6974696F6E3E3C2F62706D6E3A696E7465726D65646961746543617463684576656E743E0A202020203C62706D6E3A736572766963655461736B2069643D2266696E645F70726F6A6563747322206E616D653D22E69FA5E8AFA2E9A1B9E79BAE223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D2271756572795F70726F6A65637473222F3E3C7A656562653A696F4D617070696E673E3C7A656562653A696E70757420736F757263653D223D2671756F743B617070726F7665642671756F743B22207461726765743D227068617365222F3E3C7A656562653A6F757470757420736F757263653D223D636F756E742870726F6A656374732922207461726765743D22617070726F766564222F3E3C2F7A656562653A696F4D617070696E673E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E0A202020203C62706D6E3A656E644576656E742069643D22656E6422206E616D653D22E7BB93E69D9F223E3C2F62706D6E3A656E644576656E743E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F73746172745F70617573652220736F757263655265663D22737461727422207461726765745265663D227061757365223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F70617573655F66696E645F70726F6A656374732220736F757263655265663D22706175736522207461726765745265663D2266696E645F70726F6A65637473223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F66696E645F70726F6A656374735F656E642220736F757263655265663D2266696E645F70726F6A6563747322207461726765745265663D22656E64223E3C2F62706D6E3A73657175656E6365466C6F773E0A20203C2F62706D6E3A70726F636573733E0A3C2F62706D6E3A646566696E6974696F6E733E0A');
INSERT INTO "resources" VALUES(384371714382675976,384371714378481664,'<default>','bpmn/yearly.bpmn','c38cd8d697f2fcaad66846dade24344276baa1a2198fa97702da7687bbc8ec54',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C62706D6E3A646566696E6974696F6E7320786D6C6E733A62706D6E3D22687474703A2F2F7777772E6F6D672E6F72672F737065632F42504D4E2F32303130303532342F4D4F44454C2220786D6C6E733A7A656562653D22687474703A2F2F63616D756E64612E6F72672F736368656D612F7A656562652F312E302220786D6C6E733A6D6F64656C65723D22687474703A2F2F63616D756E64612E6F72672F736368656D612F6D6F64656C65722F312E302220786D6C6E733A7873693D22687474703A2F2F7777772E77332E6F72672F323030312F584D4C536368656D612D696E7374616E6365222069643D22646566696E6974696F6E735F796561726C7922207461726765744E616D6573706163653D2268747470733A2F2F7175616E6368656E672E6465762F746573747322206D6F64656C65723A657865637574696F6E506C6174666F726D3D2243616D756E646120436C6F756422206D6F64656C65723A657865637574696F6E506C6174666F726D56657273696F6E3D22382E382E30223E0A20203C62706D6E3A70726F636573732069643D22796561726C7922206E616D653D22E6AF8FE5B9B4E887AAE58AA8E5BC80E5A78B2220697345786563757461626C653D2274727565223E0A202020203C62706D6E3A73746172744576656E742069643D22656163685F7965617222206E616D653D22E6AF8FE5B9B4E4B880E69C88E4B880E697A5223E3C62706D6E3A74696D65724576656E74446566696E6974696F6E3E3C62706D6E3A74696D654379636C65207873693A747970653D2262706D6E3A74466F726D616C45787072657373696F6E223E30203020312031202A3C2F62706D6E3A74696D654379636C653E3C2F62706D6E3A74696D65724576656E74446566696E6974696F6E3E3C2F62706D6E3A73746172744576656E743E0A202020203C62706D6E3A757365725461736B2069643D226C6F6F6B22206E616D653D22E69FA5E79C8B223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A757365725461736B2F3E3C7A656562653A61737369676E6D656E74446566696E6974696F6E2063616E64696461746547726F7570733D22646174615F627572656175222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A757365725461736B3E0A202020203C62706D6E3A656E644576656E742069643D22656E6422206E616D653D22E7BB93E69D9F223E3C2F62706D6E3A656E644576656E743E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F656163685F796561725F6C6F6F6B2220736F757263655265663D22656163685F7965617222207461726765745265663D226C6F6F6B223E3C2F62706D6E3A73657175656E6365466C6F773E0A202020203C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F6C6F6F6B5F656E642220736F757263655265663D226C6F6F6B22207461726765745265663D22656E64223E3C2F62706D6E3A73657175656E6365466C6F773E0A20203C2F62706D6E3A70726F636573733E0A3C2F62706D6E3A646566696E6974696F6E733E0A');
INSERT INTO "resources" VALUES(384371714386870273,384371714378481664,'<default>','dmn/deadlines.dmn','8eae208b7cc3c6df8a8c9505dfbd8864a3ab1b4253aa2672063b6951e05809b9',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C646566696E6974696F6E7320786D6C6E733D2268747470733A2F2F7777772E6F6D672E6F72672F737065632F444D4E2F32303139313131312F4D4F44454C2F222069643D22646566696E6974696F6E735F646561646C696E657322206E616D653D22E69C9FE9999022206E616D6573706163653D2268747470733A2F2F7175616E6368656E672E6465762F74657374732F646561646C696E6573223E0A20203C6465636973696F6E2069643D22646561646C696E657322206E616D653D22E69C9FE99990223E0A202020203C6465636973696F6E5461626C652069643D22646561646C696E65735F7461626C652220686974506F6C6963793D22554E49515545223E0A2020202020203C696E7075742069643D22646561646C696E65735F693022206C6162656C3D22E69C9FE99990E994AE223E3C696E70757445787072657373696F6E2069643D22646561646C696E65735F6965302220747970655265663D22737472696E67223E3C746578743E6576656E743C2F746578743E3C2F696E70757445787072657373696F6E3E3C2F696E7075743E0A2020202020203C6F75747075742069643D22646561646C696E65735F6F3022206E616D653D22616D6F756E742220747970655265663D226E756D626572222F3E0A2020202020203C6F75747075742069643D22646561646C696E65735F6F3122206E616D653D22756E69742220747970655265663D22737472696E67222F3E0A2020202020203C6F75747075742069643D22646561646C696E65735F6F3222206E616D653D2266697865642220747970655265663D22737472696E67222F3E0A2020202020203C6F75747075742069643D22646561646C696E65735F6F3322206E616D653D22726F6C6C2220747970655265663D22626F6F6C65616E222F3E0A2020202020203C6F75747075742069643D22646561646C696E65735F6F3422206E616D653D22686172642220747970655265663D22626F6F6C65616E222F3E0A2020202020203C616E6E6F746174696F6E206E616D653D22E69DA1E6ACBE222F3E0A2020202020203C72756C652069643D227065726D69745F726576696577223E3C696E707574456E7472792069643D227065726D69745F7265766965775F6930223E3C746578743E227065726D69742E726576696577223C2F746578743E3C2F696E707574456E7472793E3C6F7574707574456E7472792069643D227065726D69745F7265766965775F6F30223E3C746578743E31303C2F746578743E3C2F6F7574707574456E7472793E3C6F7574707574456E7472792069643D227065726D69745F7265766965775F6F31223E3C746578743E22776F726B696E675F646179223C2F746578743E3C2F6F7574707574456E7472793E3C6F7574707574456E7472792069643D227065726D69745F7265766965775F6F32223E3C746578743E6E756C6C3C2F746578743E3C2F6F7574707574456E7472793E3C6F7574707574456E7472792069643D227065726D69745F7265766965775F6F33223E3C746578743E747275653C2F746578743E3C2F6F7574707574456E7472793E3C6F7574707574456E7472792069643D227065726D69745F7265766965775F6F34223E3C746578743E747275653C2F746578743E3C2F6F7574707574456E7472793E3C616E6E6F746174696F6E456E7472793E3C746578743E484C2D322D313C2F746578743E3C2F616E6E6F746174696F6E456E7472793E3C2F72756C653E0A202020203C2F6465636973696F6E5461626C653E0A20203C2F6465636973696F6E3E0A3C2F646566696E6974696F6E733E0A');
INSERT INTO "resources" VALUES(384371714386870275,384371714378481664,'<default>','dmn/permit_gate.dmn','9c62d0d238efcb0f37630dc6b7f4bcd56254eb126cea9ea2721bc786125ee525',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C646566696E6974696F6E7320786D6C6E733D2268747470733A2F2F7777772E6F6D672E6F72672F737065632F444D4E2F32303139313131312F4D4F44454C2F222069643D22646566696E6974696F6E735F7065726D69745F6761746522206E616D653D22E5AEA1E69FA5E696B9E5BC8F22206E616D6573706163653D2268747470733A2F2F7175616E6368656E672E6465762F74657374732F7065726D69745F67617465223E0A20203C6465636973696F6E2069643D227065726D69745F6761746522206E616D653D22E5AEA1E69FA5E696B9E5BC8F223E0A202020203C6465636973696F6E5461626C652069643D227065726D69745F676174655F7461626C652220686974506F6C6963793D22554E49515545223E0A2020202020203C696E7075742069643D227065726D69745F676174655F693022206C6162656C3D22E98791E9A29D223E3C696E70757445787072657373696F6E2069643D227065726D69745F676174655F6965302220747970655265663D226E756D626572223E3C746578743E616D6F756E743C2F746578743E3C2F696E70757445787072657373696F6E3E3C2F696E7075743E0A2020202020203C6F75747075742069643D227065726D69745F676174655F6F3022206E616D653D22726F6C652220747970655265663D22737472696E67222F3E0A2020202020203C6F75747075742069643D227065726D69745F676174655F6F3122206E616D653D226C617267652220747970655265663D22626F6F6C65616E222F3E0A2020202020203C616E6E6F746174696F6E206E616D653D22E69DA1E6ACBE222F3E0A2020202020203C72756C652069643D22736D616C6C223E3C696E707574456E7472792069643D22736D616C6C5F6930223E3C746578743E266C743B3D2031303030303C2F746578743E3C2F696E707574456E7472793E3C6F7574707574456E7472792069643D22736D616C6C5F6F30223E3C746578743E2266696E616E6365223C2F746578743E3C2F6F7574707574456E7472793E3C6F7574707574456E7472792069643D22736D616C6C5F6F31223E3C746578743E66616C73653C2F746578743E3C2F6F7574707574456E7472793E3C616E6E6F746174696F6E456E7472793E3C746578743E484C2D322D313C2F746578743E3C2F616E6E6F746174696F6E456E7472793E3C2F72756C653E0A2020202020203C72756C652069643D226C61726765223E3C696E707574456E7472792069643D226C617267655F6930223E3C746578743E2667743B2031303030303C2F746578743E3C2F696E707574456E7472793E3C6F7574707574456E7472792069643D226C617267655F6F30223E3C746578743E22646174615F6275726561755F6C6561646572223C2F746578743E3C2F6F7574707574456E7472793E3C6F7574707574456E7472792069643D226C617267655F6F31223E3C746578743E747275653C2F746578743E3C2F6F7574707574456E7472793E3C616E6E6F746174696F6E456E7472793E3C746578743E484C2D322D323C2F746578743E3C2F616E6E6F746174696F6E456E7472793E3C2F72756C653E0A202020203C2F6465636973696F6E5461626C653E0A20203C2F6465636973696F6E3E0A3C2F646566696E6974696F6E733E0A');
INSERT INTO "resources" VALUES(384371714386870277,384371714378481664,'<default>','forms/inspection.inspect.json','734e0f7dd1329d255cb1e4010d7ebdd1b04e0053c611f711be2a29f74a3aeb48',X'7B0A20226964223A2022696E7370656374696F6E2E696E7370656374222C0A20227469746C65223A2022E78EB0E59CBAE6A380E69FA5222C0A2022736368656D61223A207B0A20202224736368656D61223A202268747470733A2F2F6A736F6E2D736368656D612E6F72672F64726166742F323032302D31322F736368656D61222C0A20202274797065223A20226F626A656374222C0A2020226164646974696F6E616C50726F70657274696573223A2066616C73652C0A20202270726F70657274696573223A207B0A20202022726573756C74223A207B0A202020202274797065223A2022737472696E67222C0A20202020227469746C65223A2022E6A380E69FA5E7BB93E8AEBA222C0A2020202022656E756D223A205B0A202020202022E59088E6A0BC222C0A202020202022E4B88DE59088E6A0BC220A202020205D0A2020207D0A20207D2C0A2020227265717569726564223A205B0A20202022726573756C74220A20205D0A207D2C0A20227569223A207B7D0A7D0A');
INSERT INTO "resources" VALUES(384371714386870279,384371714378481664,'<default>','forms/permit.apply.json','4a1c68209d844c7792c3d058d8d36b2b7202e9046c8d90aeceb6e6d607abc315',X'7B0A20226964223A20227065726D69742E6170706C79222C0A20227469746C65223A2022E5A1ABE68AA5E794B3E8AFB7222C0A2022736368656D61223A207B0A20202224736368656D61223A202268747470733A2F2F6A736F6E2D736368656D612E6F72672F64726166742F323032302D31322F736368656D61222C0A20202274797065223A20226F626A656374222C0A2020226164646974696F6E616C50726F70657274696573223A2066616C73652C0A20202270726F70657274696573223A207B0A20202022616D6F756E74223A207B0A202020202274797065223A20226E756D626572222C0A20202020227469746C65223A2022E98791E9A29D222C0A20202020226D696E696D756D223A20302C0A2020202022782D666F726D6174223A20226D6F6E6579222C0A20202020226578616D706C6573223A205B0A2020202020353030300A202020205D0A2020207D2C0A2020202272656365697665644174223A207B0A202020202274797065223A2022737472696E67222C0A2020202022666F726D6174223A2022646174652D74696D65222C0A20202020227469746C65223A2022E58F97E79086E697B6E997B4222C0A20202020226578616D706C6573223A205B0A2020202020223D737472696E67286E6F77282929220A202020205D0A2020207D2C0A20202022726561736F6E223A207B0A202020202274797065223A2022737472696E67222C0A20202020227469746C65223A2022E79086E794B1222C0A20202020226D696E4C656E677468223A20310A2020207D0A20207D2C0A2020227265717569726564223A205B0A20202022616D6F756E74222C0A2020202272656365697665644174222C0A20202022726561736F6E220A20205D0A207D2C0A20227569223A207B7D0A7D0A');
INSERT INTO "resources" VALUES(384371714386870281,384371714378481664,'<default>','forms/permit.review.json','fa5f8902608b55d18b6966de329e4da42ed614c0ead1400195905eeda592d938',X'7B0A20226964223A20227065726D69742E726576696577222C0A20227469746C65223A2022E5AEA1E69FA5E794B3E8AFB7222C0A2022736368656D61223A207B0A20202224736368656D61223A202268747470733A2F2F6A736F6E2D736368656D612E6F72672F64726166742F323032302D31322F736368656D61222C0A20202274797065223A20226F626A656374222C0A2020226164646974696F6E616C50726F70657274696573223A2066616C73652C0A20202270726F70657274696573223A207B0A2020202276657264696374223A207B0A202020202274797065223A2022737472696E67222C0A20202020227469746C65223A2022E5AEA1E69FA5E6848FE8A781222C0A2020202022656E756D223A205B0A202020202022E5908CE6848F222C0A202020202022E4B88DE5908CE6848F220A202020205D2C0A20202020226578616D706C6573223A205B0A202020202022E5908CE6848F220A202020205D0A2020207D2C0A20202022616D6F756E74223A207B0A202020202274797065223A20226E756D626572222C0A20202020227469746C65223A2022E6A0B8E5AE9AE98791E9A29D222C0A2020202022782D666F726D6174223A20226D6F6E6579220A2020207D2C0A202020226E6F7465223A207B0A202020202274797065223A2022737472696E67222C0A20202020227469746C65223A2022E8AFB4E6988E220A2020207D0A20207D2C0A2020227265717569726564223A205B0A2020202276657264696374220A20205D0A207D2C0A20227569223A207B7D0A7D0A');
INSERT INTO "resources" VALUES(384371714386870283,384371714378481664,'<default>','forms/records/inspection.json','efd639cef37dd859db8514141b6572974d79ebc489e860990ff3f2a9082bd93c',X'7B0A20226964223A20227265636F7264732E696E7370656374696F6E222C0A20227469746C65223A2022E6A380E69FA5E799BBE8AEB0222C0A2022736368656D61223A207B0A20202224736368656D61223A202268747470733A2F2F6A736F6E2D736368656D612E6F72672F64726166742F323032302D31322F736368656D61222C0A20202274797065223A20226F626A656374222C0A2020226164646974696F6E616C50726F70657274696573223A2066616C73652C0A20202270726F70657274696573223A207B0A202020226E756D626572223A207B0A202020202274797065223A2022737472696E67222C0A20202020227469746C65223A2022E7BC96E58FB7220A2020207D2C0A20202022726573756C74223A207B0A202020202274797065223A2022737472696E67222C0A20202020227469746C65223A2022E7BB93E8AEBA220A2020207D2C0A20202022616D6F756E74223A207B0A202020202274797065223A20226E756D626572222C0A20202020227469746C65223A2022E98791E9A29D222C0A2020202022782D666F726D6174223A20226D6F6E6579220A2020207D0A20207D2C0A2020227265717569726564223A205B0A202020226E756D626572222C0A20202022726573756C74220A20205D0A207D2C0A20227569223A207B7D0A7D0A');
INSERT INTO "resources" VALUES(384371718983827457,384371718983827456,'hill','bpmn/hill/inner_work.bpmn','32c023f75987d42c3a28af2662435bceed482957667c7e2cf2b37565aa0c205f',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C62706D6E3A646566696E6974696F6E7320786D6C6E733A62706D6E3D22687474703A2F2F7777772E6F6D672E6F72672F737065632F42504D4E2F32303130303532342F4D4F44454C2220786D6C6E733A7A656562653D22687474703A2F2F63616D756E64612E6F72672F736368656D612F7A656562652F312E30220A20786D6C6E733A7873693D22687474703A2F2F7777772E77332E6F72672F323030312F584D4C536368656D612D696E7374616E63652220786D6C6E733A6D6F64656C65723D22687474703A2F2F63616D756E64612E6F72672F736368656D612F6D6F64656C65722F312E30222069643D22646566696E6974696F6E73220A207461726765744E616D6573706163653D22687474703A2F2F62706D6E2E696F2F736368656D612F62706D6E22206D6F64656C65723A657865637574696F6E506C6174666F726D3D2243616D756E646120436C6F756422206D6F64656C65723A657865637574696F6E506C6174666F726D56657273696F6E3D22382E382E30223E0A0A3C62706D6E3A70726F636573732069643D22696E6E65725F776F726B22206E616D653D22696E6E65725F776F726B2220697345786563757461626C653D2274727565223E3C62706D6E3A73746172744576656E742069643D227374617274223E3C2F62706D6E3A73746172744576656E743E3C62706D6E3A757365725461736B2069643D22696E6E657222206E616D653D22696E6E6572223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A757365725461736B2F3E3C7A656562653A61737369676E6D656E74446566696E6974696F6E2063616E64696461746547726F7570733D22646174615F627572656175222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A757365725461736B3E3C62706D6E3A656E644576656E742069643D22656E64223E3C2F62706D6E3A656E644576656E743E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F312220736F757263655265663D22737461727422207461726765745265663D22696E6E6572223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F322220736F757263655265663D22696E6E657222207461726765745265663D22656E64223E3C2F62706D6E3A73657175656E6365466C6F773E3C2F62706D6E3A70726F636573733E3C2F62706D6E3A646566696E6974696F6E733E');
INSERT INTO "resources" VALUES(384371719361314816,384371719323566080,'hill','bpmn/hill/weighing.bpmn','ec31bc132e5121b266103e79d96adbe355c08ba5b598683478871ee4df86dce8',X'3C3F786D6C2076657273696F6E3D22312E302220656E636F64696E673D225554462D38223F3E0A3C62706D6E3A646566696E6974696F6E7320786D6C6E733A62706D6E3D22687474703A2F2F7777772E6F6D672E6F72672F737065632F42504D4E2F32303130303532342F4D4F44454C2220786D6C6E733A7A656562653D22687474703A2F2F63616D756E64612E6F72672F736368656D612F7A656562652F312E30220A20786D6C6E733A7873693D22687474703A2F2F7777772E77332E6F72672F323030312F584D4C536368656D612D696E7374616E63652220786D6C6E733A6D6F64656C65723D22687474703A2F2F63616D756E64612E6F72672F736368656D612F6D6F64656C65722F312E30222069643D22646566696E6974696F6E73220A207461726765744E616D6573706163653D22687474703A2F2F62706D6E2E696F2F736368656D612F62706D6E22206D6F64656C65723A657865637574696F6E506C6174666F726D3D2243616D756E646120436C6F756422206D6F64656C65723A657865637574696F6E506C6174666F726D56657273696F6E3D22382E382E30223E0A0A3C62706D6E3A70726F636573732069643D227765696768696E6722206E616D653D227765696768696E672220697345786563757461626C653D2274727565223E3C62706D6E3A73746172744576656E742069643D227374617274223E3C2F62706D6E3A73746172744576656E743E3C62706D6E3A706172616C6C656C476174657761792069643D2266223E3C2F62706D6E3A706172616C6C656C476174657761793E3C62706D6E3A736572766963655461736B2069643D226F757473696465223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A7461736B446566696E6974696F6E20747970653D2277656967682220726574726965733D2233222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A736572766963655461736B3E3C62706D6E3A63616C6C41637469766974792069643D2263223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A63616C6C6564456C656D656E742070726F6365737349643D22696E6E65725F776F726B222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A63616C6C41637469766974793E3C62706D6E3A757365725461736B2069643D226122206E616D653D2261223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A757365725461736B2F3E3C7A656562653A61737369676E6D656E74446566696E6974696F6E2063616E64696461746547726F7570733D22646174615F627572656175222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A757365725461736B3E3C62706D6E3A757365725461736B2069643D226222206E616D653D2262223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A757365725461736B2F3E3C7A656562653A61737369676E6D656E74446566696E6974696F6E2063616E64696461746547726F7570733D22646174615F627572656175222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C62706D6E3A6D756C7469496E7374616E63654C6F6F7043686172616374657269737469637320697353657175656E7469616C3D2266616C7365223E3C62706D6E3A657874656E73696F6E456C656D656E74733E3C7A656562653A6C6F6F7043686172616374657269737469637320696E707574436F6C6C656374696F6E3D223D5B312C325D2220696E707574456C656D656E743D2269222F3E3C2F62706D6E3A657874656E73696F6E456C656D656E74733E3C2F62706D6E3A6D756C7469496E7374616E63654C6F6F704368617261637465726973746963733E3C2F62706D6E3A757365725461736B3E3C62706D6E3A706172616C6C656C476174657761792069643D226A223E3C2F62706D6E3A706172616C6C656C476174657761793E3C62706D6E3A656E644576656E742069643D22656E64223E3C2F62706D6E3A656E644576656E743E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F332220736F757263655265663D22737461727422207461726765745265663D2266223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F342220736F757263655265663D226622207461726765745265663D226F757473696465223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F352220736F757263655265663D226F75747369646522207461726765745265663D226A223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F362220736F757263655265663D226A22207461726765745265663D22656E64223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F372220736F757263655265663D226622207461726765745265663D2263223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F382220736F757263655265663D226322207461726765745265663D226A223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F392220736F757263655265663D226622207461726765745265663D2261223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F31302220736F757263655265663D226122207461726765745265663D226A223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F31312220736F757263655265663D226622207461726765745265663D2262223E3C2F62706D6E3A73657175656E6365466C6F773E3C62706D6E3A73657175656E6365466C6F772069643D22666C6F775F31322220736F757263655265663D226222207461726765745265663D226A223E3C2F62706D6E3A73657175656E6365466C6F773E3C2F62706D6E3A70726F636573733E3C2F62706D6E3A646566696E6974696F6E733E');
CREATE TABLE stored_settings (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_stored_settings PRIMARY KEY (name)
);
CREATE TABLE task_candidates (
	task_key INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	office_key INTEGER NOT NULL, 
	username TEXT NOT NULL, 
	CONSTRAINT pk_task_candidates PRIMARY KEY (task_key, role, office_key, username)
);
INSERT INTO "task_candidates" VALUES(384371718484705285,'finance',0,'');
INSERT INTO "task_candidates" VALUES(384371719625555975,'data_bureau',0,'');
INSERT INTO "task_candidates" VALUES(384371719625555979,'data_bureau',0,'');
INSERT INTO "task_candidates" VALUES(384371719625555980,'data_bureau',0,'');
INSERT INTO "task_candidates" VALUES(384371719625555983,'data_bureau',0,'');
INSERT INTO "task_candidates" VALUES(384371720338587651,'data_bureau',0,'');
CREATE TABLE user_tasks (
	"key" INTEGER NOT NULL, 
	root_key INTEGER NOT NULL, 
	element INTEGER NOT NULL, 
	instance_key INTEGER NOT NULL, 
	tenant TEXT NOT NULL, 
	project_key INTEGER, 
	process_id TEXT NOT NULL, 
	process_name TEXT NOT NULL, 
	definition_key INTEGER NOT NULL, 
	definition_version INTEGER NOT NULL, 
	element_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	lane TEXT NOT NULL, 
	form_id TEXT, 
	form_key INTEGER, 
	state TEXT NOT NULL, 
	assignee TEXT, 
	candidate_groups TEXT NOT NULL, 
	candidate_users TEXT NOT NULL, 
	due_at DATETIME, 
	remind_at DATETIME, 
	follow_up_at DATETIME, 
	deadline TEXT, 
	priority INTEGER NOT NULL, 
	clauses TEXT NOT NULL, 
	opened_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	completed_by INTEGER, 
	completed_name TEXT NOT NULL, 
	completed_role TEXT NOT NULL, 
	completed_office TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	draft TEXT, 
	draft_saved_at DATETIME, 
	CONSTRAINT pk_user_tasks PRIMARY KEY ("key"), 
	CONSTRAINT uq_user_tasks_root_key_element UNIQUE (root_key, element)
);
INSERT INTO "user_tasks" VALUES(384371715280257026,384371715271868416,2,384371715271868416,'hill',384371715200565248,'permit','许可',384371714382675973,1,'apply','填报申请','','permit.apply',384371714386870280,'completed',NULL,'["applicant"]','[]',NULL,NULL,NULL,NULL,50,'HL-1-1','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',384371714957295616,'艾丽','applicant','教育局','已提交',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371716991533056,384371715271868416,6,384371715271868416,'hill',384371715200565248,'permit','许可',384371714382675973,1,'review','审查申请','','permit.review',384371714386870282,'completed',NULL,'["finance"]','[]','2026-03-24 16:00:00.000000','2026-03-24 16:00:00.000000',NULL,'{"key":"permit.review","start":"2026-03-10T09:00:00+08:00","startOn":"2026-03-10","lastDay":"2026-03-24","dueAt":"2026-03-25T00:00:00+08:00","remindDay":"2026-03-24","remindAt":"2026-03-25T00:00:00+08:00","clause":"HL-2-1","provisional":false,"calendarVersion":"chinesecalendar 1.11.0","explanation":["自 2026-03-10 的次日起算 10 个工作日,末日为 2026-03-24","2026-03-24 24:00 前办结为按期"]}',50,'HL-2-1','2026-03-10 01:00:00.000000','2026-03-10 02:00:00.000000',384371714957295618,'冯财','finance','山丘区财政局','审查意见:同意',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371717679398913,384371717616484352,4,384371717616484352,'hill',384371715200565248,'inspection','检查',384371714382675971,1,'inspect','现场检查','','inspection.inspect',384371714386870278,'completed',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 02:00:00.000000','2026-03-10 03:00:00.000000',384371714957295619,'杜数','data_bureau','山丘区数据局','检查结论:合格',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371718413402114,384371718409207808,2,384371718409207808,'hill',384371718405013504,'permit','许可',384371714382675973,1,'apply','填报申请','','permit.apply',384371714386870280,'completed',NULL,'["applicant"]','[]',NULL,NULL,NULL,NULL,50,'HL-1-1','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',384371714957295617,'鲍勃','applicant','水利局','已提交',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371718484705285,384371718409207808,6,384371718409207808,'hill',384371718405013504,'permit','许可',384371714382675973,1,'review','审查申请','','permit.review',384371714386870282,'open','fred','["finance"]','[]','2026-03-24 16:00:00.000000','2026-03-24 16:00:00.000000',NULL,'{"key":"permit.review","start":"2026-03-10T09:00:00+08:00","startOn":"2026-03-10","lastDay":"2026-03-24","dueAt":"2026-03-25T00:00:00+08:00","remindDay":"2026-03-24","remindAt":"2026-03-25T00:00:00+08:00","clause":"HL-2-1","provisional":false,"calendarVersion":"chinesecalendar 1.11.0","explanation":["自 2026-03-10 的次日起算 10 个工作日,末日为 2026-03-24","2026-03-24 24:00 前办结为按期"]}',50,'HL-2-1','2026-03-10 01:00:00.000000',NULL,NULL,'','','','','{"verdict":"同意"}','2026-03-10 01:00:00.000000');
INSERT INTO "user_tasks" VALUES(384371719625555975,384371719621361664,5,384371719621361664,'hill',NULL,'weighing','weighing',384371719361314817,1,'a','a','',NULL,NULL,'open',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000',NULL,NULL,'','','','',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371719625555979,384371719621361664,7,384371719621361664,'hill',NULL,'weighing','weighing',384371719361314817,1,'b','b','',NULL,NULL,'open',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000',NULL,NULL,'','','','',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371719625555980,384371719621361664,8,384371719621361664,'hill',NULL,'weighing','weighing',384371719361314817,1,'b','b','',NULL,NULL,'open',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000',NULL,NULL,'','','','',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371719625555983,384371719621361664,10,384371719625555973,'hill',NULL,'inner_work','inner_work',384371718983827458,1,'inner','inner','',NULL,NULL,'open',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000',NULL,NULL,'','','','',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371719826882567,384371719822688256,5,384371719822688256,'hill',NULL,'weighing','weighing',384371719361314817,1,'a','a','',NULL,NULL,'cancelled',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',NULL,'','','','',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371719826882571,384371719822688256,7,384371719822688256,'hill',NULL,'weighing','weighing',384371719361314817,1,'b','b','',NULL,NULL,'cancelled',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',NULL,'','','','',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371719826882572,384371719822688256,8,384371719822688256,'hill',NULL,'weighing','weighing',384371719361314817,1,'b','b','',NULL,NULL,'cancelled',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',NULL,'','','','',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371719826882575,384371719822688256,10,384371719826882565,'hill',NULL,'inner_work','inner_work',384371718983827458,1,'inner','inner','',NULL,NULL,'cancelled',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',NULL,'','','','',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371720124678147,384371720124678144,2,384371720124678144,'hill',NULL,'inner_work','inner_work',384371718983827458,1,'inner','inner','',NULL,NULL,'completed',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000','2026-03-10 01:00:00.000000',0,'系统','','','已办理',NULL,NULL);
INSERT INTO "user_tasks" VALUES(384371720338587651,384371720338587648,2,384371720338587648,'hill',NULL,'inner_work','inner_work',384371718983827458,1,'inner','inner','',NULL,NULL,'open',NULL,'["data_bureau"]','[]',NULL,NULL,NULL,NULL,50,'','2026-03-10 01:00:00.000000',NULL,NULL,'','','','',NULL,NULL);
CREATE TABLE users (
	id INTEGER NOT NULL, 
	username TEXT NOT NULL, 
	email TEXT, 
	name TEXT NOT NULL, 
	tenant TEXT NOT NULL, 
	password TEXT, 
	active BOOLEAN NOT NULL, 
	fs_uniquifier TEXT NOT NULL, 
	demonstration BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_email UNIQUE (email), 
	CONSTRAINT uq_users_fs_uniquifier UNIQUE (fs_uniquifier), 
	CONSTRAINT uq_users_username UNIQUE (username)
);
INSERT INTO "users" VALUES(384371714957295616,'alice',NULL,'艾丽','hill','$argon2id$not-a-password',1,'cd913a63df694ec88cefbda5c61992b8',0,'2026-03-10 01:00:00.000000');
INSERT INTO "users" VALUES(384371714957295617,'bob',NULL,'鲍勃','hill','$argon2id$not-a-password',1,'746dabbdf16144cdbcb061a043ad1465',0,'2026-03-10 01:00:00.000000');
INSERT INTO "users" VALUES(384371714957295618,'fred',NULL,'冯财','hill','$argon2id$not-a-password',1,'262665d7f7284f34b7e1b156ebc72450',0,'2026-03-10 01:00:00.000000');
INSERT INTO "users" VALUES(384371714957295619,'dora',NULL,'杜数','hill','$argon2id$not-a-password',1,'6bf64830efec427a9160dcdda8faab12',0,'2026-03-10 01:00:00.000000');
INSERT INTO "users" VALUES(384371714957295620,'lea',NULL,'李局','hill','$argon2id$not-a-password',1,'976d3091d4644b4d9f7bc360542ded6f',0,'2026-03-10 01:00:00.000000');
INSERT INTO "users" VALUES(384371714957295621,'ann',NULL,'安析','hill','$argon2id$not-a-password',1,'724139b1e474438d8642e71eb261645c',0,'2026-03-10 01:00:00.000000');
INSERT INTO "users" VALUES(384371714957295622,'root',NULL,'系管','hill','$argon2id$not-a-password',1,'558be28c15ec4efab210d2c310117363',0,'2026-03-10 01:00:00.000000');
INSERT INTO "users" VALUES(384371714957295623,'val',NULL,'瓦尔','valley','$argon2id$not-a-password',1,'fd47d36bfcd948599c2789ab87034add',0,'2026-03-10 01:00:00.000000');
CREATE TABLE variables (
	"key" INTEGER NOT NULL, 
	root_key INTEGER NOT NULL, 
	instance_key INTEGER NOT NULL, 
	scope INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_variables PRIMARY KEY ("key"), 
	CONSTRAINT uq_variables_root_key_instance_key_scope_name UNIQUE (root_key, instance_key, scope, name)
);
INSERT INTO "variables" VALUES(384371715309617152,384371715271868416,384371715271868416,0,'projectKey','"384371715200565248"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371715309617153,384371715271868416,384371715271868416,0,'projectName','"教育平台"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371715309617154,384371715271868416,384371715271868416,0,'applicantOffice','"教育局"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371717020893185,384371715271868416,384371715271868416,0,'amount','4999.99','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717020893186,384371715271868416,384371715271868416,0,'receivedAt','"2026-03-10T09:00:00+08:00"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371717020893187,384371715271868416,384371715271868416,0,'reason','"设备老化"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371717020893188,384371715271868416,384371715271868416,0,'permitGate','{"role":"finance","large":false}','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371717020893189,384371715271868416,384371715271868416,4,'totalAmount','5000.00','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371717020893190,384371715271868416,384371715271868416,4,'receivedAt','"2026-03-10T09:00:00+08:00"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371717020893191,384371715271868416,384371715271868416,0,'phase','"approved"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717385797632,384371715271868416,384371715271868416,0,'verdict','"同意"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717385797635,384371715271868416,384371715271868416,9,'text','"批复金额4999.99"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717385797636,384371715271868416,384371715271868416,10,'correlationKey','"384371715200565248"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717385797637,384371715271868416,384371715271868416,10,'variables','{"reason":"批复后检查"}','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717717147648,384371717616484352,384371717616484352,0,'reason','"批复后检查"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717717147649,384371717616484352,384371717616484352,0,'projectKey','"384371715200565248"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717717147650,384371717616484352,384371717616484352,0,'projectName','"教育平台"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717717147651,384371717616484352,384371717616484352,0,'applicantOffice','"教育局"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717717147652,384371717616484352,384371717616484352,0,'totalAmount','5000.00','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717717147653,384371717616484352,384371717616484352,0,'receivedAt','"2026-03-10T09:00:00+08:00"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717717147654,384371717616484352,384371717616484352,0,'phase','"approved"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717717147655,384371717616484352,384371717616484352,3,'number','"检2026-0001"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371717717147656,384371717616484352,384371717616484352,0,'inspectionNumber','"检2026-0001"','2026-03-10 02:00:00.000000');
INSERT INTO "variables" VALUES(384371718157549570,384371717616484352,384371717616484352,0,'result','"合格"','2026-03-10 03:00:00.000000');
INSERT INTO "variables" VALUES(384371718157549571,384371717616484352,384371717616484352,5,'number','"检2026-0001"','2026-03-10 03:00:00.000000');
INSERT INTO "variables" VALUES(384371718157549572,384371717616484352,384371717616484352,5,'result','"合格"','2026-03-10 03:00:00.000000');
INSERT INTO "variables" VALUES(384371718157549573,384371717616484352,384371717616484352,5,'amount','5000.00','2026-03-10 03:00:00.000000');
INSERT INTO "variables" VALUES(384371718157549574,384371717616484352,384371717616484352,0,'recordKey','"384371718090440704"','2026-03-10 03:00:00.000000');
INSERT INTO "variables" VALUES(384371718157549575,384371717616484352,384371717616484352,6,'result','"合格"','2026-03-10 03:00:00.000000');
INSERT INTO "variables" VALUES(384371718157549576,384371717616484352,384371717616484352,6,'records','[{"number":"检2026-0001","result":"合格","amount":5000.00,"recordKey":"384371718090440704","recordedAt":"2026-03-10T03:00:00+00:00","projectKey":"384371715200565248"}]','2026-03-10 03:00:00.000000');
INSERT INTO "variables" VALUES(384371718157549577,384371717616484352,384371717616484352,0,'found','1','2026-03-10 03:00:00.000000');
INSERT INTO "variables" VALUES(384371718417596416,384371718409207808,384371718409207808,0,'projectKey','"384371718405013504"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371718417596417,384371718409207808,384371718409207808,0,'projectName','"水利监测"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371718417596418,384371718409207808,384371718409207808,0,'applicantOffice','"水利局"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371718522454018,384371718409207808,384371718409207808,0,'amount','5000.00','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371718522454019,384371718409207808,384371718409207808,0,'receivedAt','"2026-03-10T09:00:00+08:00"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371718522454020,384371718409207808,384371718409207808,0,'reason','"设备老化"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371718522454021,384371718409207808,384371718409207808,0,'permitGate','{"role":"finance","large":false}','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371718522454022,384371718409207808,384371718409207808,4,'totalAmount','5000.00','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371718522454023,384371718409207808,384371718409207808,4,'receivedAt','"2026-03-10T09:00:00+08:00"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371718522454024,384371718409207808,384371718409207808,0,'phase','"declared"','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719650721792,384371719621361664,384371719621361664,0,'amount','12.50','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719650721793,384371719621361664,384371719621361664,0,'nothing','null','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719650721794,384371719621361664,384371719625555973,0,'amount','12.50','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719650721795,384371719621361664,384371719625555973,0,'nothing','null','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719650721796,384371719621361664,384371719621361664,7,'loopCounter','1','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719650721797,384371719621361664,384371719621361664,7,'i','1','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719650721798,384371719621361664,384371719621361664,8,'loopCounter','2','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719650721799,384371719621361664,384371719621361664,8,'i','2','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719881408512,384371719822688256,384371719822688256,7,'loopCounter','1','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719881408513,384371719822688256,384371719822688256,7,'i','1','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719881408514,384371719822688256,384371719822688256,8,'loopCounter','2','2026-03-10 01:00:00.000000');
INSERT INTO "variables" VALUES(384371719881408515,384371719822688256,384371719822688256,8,'i','2','2026-03-10 01:00:00.000000');
CREATE TABLE waits (
	"key" INTEGER NOT NULL, 
	root_key INTEGER, 
	wait INTEGER, 
	element INTEGER, 
	instance_key INTEGER, 
	tenant TEXT NOT NULL, 
	process_id TEXT NOT NULL, 
	definition_key INTEGER NOT NULL, 
	element_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	due_at DATETIME, 
	wake_at DATETIME, 
	name TEXT, 
	correlation_key TEXT, 
	expression TEXT, 
	calendar_version TEXT, 
	memo TEXT, 
	interrupting BOOLEAN NOT NULL, 
	attempts INTEGER NOT NULL, 
	opened_at DATETIME NOT NULL, 
	CONSTRAINT pk_waits PRIMARY KEY ("key"), 
	CONSTRAINT uq_waits_root_key_wait UNIQUE (root_key, wait)
);
INSERT INTO "waits" VALUES(384371714667888640,NULL,NULL,NULL,NULL,'<default>','inspection',384371714382675971,'requested','message',NULL,NULL,'inspection_requested',NULL,NULL,NULL,NULL,1,0,'2026-03-10 01:00:00.000000');
INSERT INTO "waits" VALUES(384371714734997504,NULL,NULL,NULL,NULL,'hill','inspection',384371714382675971,'requested','message',NULL,NULL,'inspection_requested',NULL,NULL,NULL,NULL,1,0,'2026-03-10 01:00:00.000000');
INSERT INTO "waits" VALUES(384371714734997505,NULL,NULL,NULL,NULL,'hill','yearly',384371714386870272,'each_year','timer','2026-12-31 16:00:00.000000','2026-12-31 16:00:00.000000',NULL,NULL,NULL,NULL,'{"cycle":"0 0 1 1 *"}',1,0,'2026-03-10 01:00:00.000000');
INSERT INTO "waits" VALUES(384371714772746240,NULL,NULL,NULL,NULL,'valley','inspection',384371714382675971,'requested','message',NULL,NULL,'inspection_requested',NULL,NULL,NULL,NULL,1,0,'2026-03-10 01:00:00.000000');
INSERT INTO "waits" VALUES(384371714772746241,NULL,NULL,NULL,NULL,'valley','yearly',384371714386870272,'each_year','timer','2026-12-31 16:00:00.000000','2026-12-31 16:00:00.000000',NULL,NULL,NULL,NULL,'{"cycle":"0 0 1 1 *"}',1,0,'2026-03-10 01:00:00.000000');
INSERT INTO "waits" VALUES(384371718153355265,384371717616484352,1,7,384371717616484352,'hill','inspection',384371714382675971,'wait_report','message',NULL,NULL,'report_received','检2026-0001',NULL,NULL,NULL,1,0,'2026-03-10 03:00:00.000000');
INSERT INTO "waits" VALUES(384371718484705283,384371718409207808,1,6,384371718409207808,'hill','permit',384371714382675973,'review_limit','timer','2026-03-24 16:00:00.000000','2026-03-24 16:00:00.000000',NULL,NULL,'=deadline("permit.review", receivedAt)','chinesecalendar 1.11.0',NULL,0,0,'2026-03-10 01:00:00.000000');
INSERT INTO "waits" VALUES(384371718878969859,384371718878969856,1,2,384371718878969856,'hill','year_notice',384371714382675975,'pause','timer','2026-03-11 01:00:00.000000','2026-03-11 01:00:00.000000',NULL,NULL,'P1D',NULL,NULL,1,0,'2026-03-10 01:00:00.000000');
CREATE INDEX ix_audit_entries_project_key ON audit_entries (project_key);
CREATE INDEX ix_audit_entries_seal ON audit_entries (seal);
CREATE INDEX ix_audit_entries_unsealed ON audit_entries ("key") WHERE seal IS NULL;
CREATE INDEX ix_decision_definitions_deployment_key ON decision_definitions (deployment_key);
CREATE INDEX ix_decision_evaluations_instance_key ON decision_evaluations (instance_key);
CREATE INDEX ix_decision_evaluations_project_key ON decision_evaluations (project_key);
CREATE INDEX ix_decision_evaluations_root_key_decision_evaluations_element ON decision_evaluations (root_key, element);
CREATE INDEX ix_delegations_delegate_key ON delegations (delegate_key);
CREATE INDEX ix_delegations_delegator_key ON delegations (delegator_key);
CREATE INDEX ix_element_instances_instance_key ON element_instances (instance_key);
CREATE INDEX ix_form_definitions_deployment_key ON form_definitions (deployment_key);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE INDEX ix_incidents_instance_key ON incidents (instance_key);
CREATE INDEX ix_incidents_open ON incidents (tenant) WHERE closed_at IS NULL;
CREATE INDEX ix_incidents_wait_key ON incidents (wait_key);
CREATE INDEX ix_jobs_root_key_jobs_element ON jobs (root_key, element);
CREATE INDEX ix_jobs_state_jobs_type_jobs_retry_at ON jobs (state, type, retry_at);
CREATE INDEX ix_memberships_role_memberships_organisation_key ON memberships (role, organisation_key);
CREATE INDEX ix_messages_open ON messages (tenant, name) WHERE state = 'open';
CREATE INDEX ix_notifications_tenant_notifications_role_notifications_office_key ON notifications (tenant, role, office_key);
CREATE INDEX ix_process_definitions_deployment_key ON process_definitions (deployment_key);
CREATE INDEX ix_process_instances_parent_key ON process_instances (parent_key);
CREATE INDEX ix_process_instances_project_key ON process_instances (project_key);
CREATE INDEX ix_process_instances_root_key_process_instances_local ON process_instances (root_key, local);
CREATE INDEX ix_process_instances_tenant_process_instances_process_id_process_instances_state ON process_instances (tenant, process_id, state);
CREATE UNIQUE INDEX uq_process_instances_running ON process_instances (tenant, process_id, correlation_key) WHERE state = 'active' AND correlation_key IS NOT NULL;
CREATE INDEX ix_project_offices_organisation_key ON project_offices (organisation_key);
CREATE INDEX ix_projects_tenant_projects_applicant_key ON projects (tenant, applicant_key);
CREATE INDEX ix_projects_tenant_projects_phase ON projects (tenant, phase);
CREATE INDEX ix_projects_tenant_projects_updated_at ON projects (tenant, updated_at);
CREATE INDEX ix_records_project_key_records_kind ON records (project_key, kind);
CREATE INDEX ix_records_tenant_records_kind ON records (tenant, kind);
CREATE INDEX ix_resources_deployment_key ON resources (deployment_key);
CREATE INDEX ix_task_candidates_role_task_candidates_office_key ON task_candidates (role, office_key);
CREATE INDEX ix_task_candidates_username ON task_candidates (username);
CREATE INDEX ix_user_tasks_completed_by_user_tasks_closed_at ON user_tasks (completed_by, closed_at);
CREATE INDEX ix_user_tasks_instance_key ON user_tasks (instance_key);
CREATE INDEX ix_user_tasks_open ON user_tasks (tenant, due_at) WHERE state = 'open';
CREATE INDEX ix_user_tasks_project_key_user_tasks_state ON user_tasks (project_key, state);
CREATE INDEX ix_users_tenant ON users (tenant);
CREATE INDEX ix_waits_due ON waits (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX ix_waits_starts ON waits (tenant, process_id) WHERE root_key IS NULL;
CREATE INDEX ix_waits_tenant_waits_name_waits_correlation_key ON waits (tenant, name, correlation_key);
CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
CREATE TRIGGER audit_entries_sealed BEFORE UPDATE ON audit_entries WHEN OLD.seal IS NOT NULL OR NEW.seal IS NULL OR OLD."chain" IS NOT NEW."chain" OR OLD."number" IS NOT NEW."number" OR OLD."at" IS NOT NEW."at" OR OLD."action" IS NOT NEW."action" OR OLD."tenant" IS NOT NEW."tenant" OR OLD."user_key" IS NOT NEW."user_key" OR OLD."user_name" IS NOT NEW."user_name" OR OLD."project_key" IS NOT NEW."project_key" OR OLD."subject" IS NOT NEW."subject" OR OLD."details" IS NOT NEW."details" OR OLD."mac" IS NOT NEW."mac" OR OLD."key" IS NOT NEW."key" BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_seals_kept BEFORE DELETE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit seals are never deleted'); END;
CREATE TRIGGER audit_seals_unchanged BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit seals are never changed'); END;
CREATE TRIGGER user_tasks_closed AFTER UPDATE OF state ON user_tasks WHEN OLD.state = 'open' AND NEW.state <> 'open' BEGIN DELETE FROM task_candidates WHERE task_key = NEW.key; END;
COMMIT;
