/** A clone of the one element inside `<template id>`. */
export function cloneTemplate(id: string): HTMLElement {
  const template = document.getElementById(id);
  const element =
    template instanceof HTMLTemplateElement && template.content.firstElementChild?.cloneNode(true);
  if (!(element instanceof HTMLElement))
    throw new Error(`The page has no <template id="${id}"> with an element in it.`);
  return element;
}

/** The element marked `data-part="name"` inside another. */
export function part(element: HTMLElement, name: string): HTMLElement {
  const found = element.querySelector<HTMLElement>(`[data-part="${name}"]`);
  if (found === null) throw new Error(`<${element.localName}> has no element with data-part="${name}".`);
  return found;
}
