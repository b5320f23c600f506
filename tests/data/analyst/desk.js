// What an analyst's hands do in dmn-js and bpmn-js, by the editors' own services: each gesture is one command on their stacks.

const desk = {
  /** A decision table of a file, edited and saved. `gestures`: [name, ...arguments] in their order. */
  async table(source, decision, gestures) {
    const modeler = new DmnJS({ container: '#canvas' });
    try {
      await modeler.importXML(source, { open: false });
      for (const [gesture, ...given] of gestures) await desk.gestures.table[gesture](modeler, decision, ...given);
      return (await modeler.saveXML({ format: true })).xml;
    } finally {
      modeler.destroy();
    }
  },

  /** A diagram, edited and saved. */
  async diagram(source, zeebe, gestures) {
    const modeler = new BpmnJS({ container: '#canvas', moddleExtensions: { zeebe } });
    try {
      await modeler.importXML(source);
      for (const [gesture, ...given] of gestures) desk.gestures.diagram[gesture](modeler, ...given);
      return (await modeler.saveXML({ format: true })).xml;
    } finally {
      modeler.destroy();
    }
  },

  async opened(modeler, found) {
    await modeler.open(modeler.getViews().find(found));
    const viewer = modeler.getActiveViewer();
    return (service) => viewer.get(service);
  },

  open(modeler, decision) {
    return desk.opened(modeler, (view) => view.type === 'decisionTable' && view.element.id === decision);
  },

  columns(use) {
    return use('sheet').getRoot().cols.map((column) => column.businessObject);
  },

  gestures: { table: {}, diagram: {} },
};

Object.assign(desk.gestures.table, {
  /** The number in every cell that has it. */
  async replace(modeler, decision, old, value) {
    const use = await desk.open(modeler, decision);
    for (const row of use('sheet').getRoot().rows) {
      for (const { businessObject: cell } of row.cells) {
        if (cell.text.includes(old)) use('modeling').editCell(cell, cell.text.replaceAll(old, value));
      }
    }
  },

  /** Input data drawn beside the decision and connected with it. */
  async draw(modeler, decision, name) {
    const use = await desk.opened(modeler, (view) => view.type === 'drd');
    const table = use('elementRegistry').get(decision);
    const at = { x: table.x + table.width + 160, y: table.y };
    const drawn = use('modeling').createShape({ type: 'dmn:InputData' }, at, use('canvas').getRootElement());
    use('modeling').updateProperties(drawn, { id: `input_${name}`, name });
    use('modeling').connect(drawn, table, { type: 'dmn:InformationRequirement' });
  },

  /** A new input column at the right of the others. */
  async ask(modeler, decision, label, expression, type) {
    const use = await desk.open(modeler, decision);
    const column = use('editorActions').trigger('addInput').businessObject;
    use('modeling').updateProperties(column, { label });
    use('modeling').editInputExpression(column.inputExpression, { text: expression });
    use('modeling').editInputExpressionTypeRef(column.inputExpression, type);
  },

  /** A value more that a column may have. */
  async allow(modeler, decision, label, value) {
    const use = await desk.open(modeler, decision);
    const column = desk.columns(use).find((one) => one.label === label);
    use('modeling').editAllowedValues(column, [...column.inputValues.text.split(','), value]);
  },

  /** A rule at the end: what the annotation says, and its cells by their column's label. */
  async rule(modeler, decision, annotation, cells) {
    const use = await desk.open(modeler, decision);
    const row = use('editorActions').trigger('addRule');
    use('modeling').editAnnotation(row.businessObject, annotation);
    const columns = desk.columns(use);
    for (const [label, text] of Object.entries(cells)) {
      const place = columns.findIndex((column) => column.label === label);
      if (place < 0) throw new Error(`no column ${label}`);
      use('modeling').editCell(row.cells[place].businessObject, text);
    }
  },
});

Object.assign(desk.gestures.diagram, {
  rename(modeler, id, name) {
    modeler.get('modeling').updateProperties(modeler.get('elementRegistry').get(id), { name });
  },

  identify(modeler, id, wanted) {
    modeler.get('modeling').updateProperties(modeler.get('elementRegistry').get(id), { id: wanted });
  },

  /** Another value of a property in the panel. */
  declare(modeler, id, name, value) {
    const task = modeler.get('elementRegistry').get(id);
    const kept = task.businessObject.extensionElements.values.find((one) => one.$type === 'zeebe:Properties');
    modeler.get('modeling').updateModdleProperties(task, kept.properties.find((one) => one.name === name), { value });
  },

  /** A user task dragged upon a flow, which it parts in two; then filled in in the panel, by the headings of the analysts' page. */
  drop(modeler, flow, at, panel) {
    const modeling = modeler.get('modeling');
    const moddle = modeler.get('moddle');
    const shape = modeler.get('elementFactory').createShape({ type: 'bpmn:UserTask' });
    const [task] = modeling.createElements([shape], at, modeler.get('elementRegistry').get(flow));
    const record = moddle.create('zeebe:Property', { name: 'record', value: panel['扩展属性 record'] });
    const values = [
      moddle.create('zeebe:UserTask'),
      moddle.create('zeebe:FormDefinition', { formId: panel['表单'] }),
      moddle.create('zeebe:AssignmentDefinition', { candidateGroups: panel['候选组'] }),
      moddle.create('zeebe:TaskSchedule', { dueDate: panel['到期'] }),
      moddle.create('zeebe:Properties', { properties: [record] }),
    ];
    const extensionElements = moddle.create('bpmn:ExtensionElements', { values });
    modeling.updateProperties(task, { id: panel['标识'], name: panel['名称'], extensionElements });
  },
});
