import { BarChart } from "echarts/charts";
import { GridComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { versionOf } from "../versions.mjs";
import { writeWhole } from "./write-whole.mjs";

use([BarChart, GridComponent, TitleComponent, SVGRenderer]);

const file = new URL("../../../docs/benchmarks.svg", import.meta.url);

const columns = 2;
const panel = { width: 480, bar: 22, head: 44, labels: 170, values: 60 };
const pageHead = 60;
const colours = { own: "#2563eb", other: "#94a3b8", text: "#0f172a", quiet: "#475569", paper: "#ffffff" };

/** @param {readonly import("../sections.mjs").Section[]} sections */
export async function writePicture(sections) {
  const panels = sections.flatMap(({ bars }) => bars ?? []);
  const heading = `rollout-client ${await versionOf("rollout-client")} beside its peers: POST /credentials`;
  await writeWhole(file, draw(heading, panels));
}

/**
 * @param {string} heading
 * @param {readonly import("../sections.mjs").Bars[]} panels
 */
function draw(heading, panels) {
  const height = panel.head + panel.bar * Math.max(...panels.map(({ values }) => values.length));
  const places = panels.map((_panel, index) => ({
    left: (index % columns) * panel.width,
    top: pageHead + Math.floor(index / columns) * height,
  }));
  const chart = init(null, null, {
    renderer: "svg",
    ssr: true,
    width: panel.width * columns,
    height: pageHead + Math.ceil(panels.length / columns) * height,
  });
  chart.setOption({
    animation: false,
    backgroundColor: colours.paper,
    title: [
      { text: heading, left: 16, top: 14, textStyle: { fontSize: 18, color: colours.text } },
      ...places.map(({ left, top }, index) => ({
        text: panels[index]?.title,
        left: left + 16,
        top: top + 10,
        textStyle: { fontSize: 14, color: colours.text },
      })),
    ],
    grid: places.map(({ left, top }, index) => ({
      left: left + panel.labels,
      top: top + panel.head - 8,
      width: panel.width - panel.labels - panel.values,
      height: panel.bar * (panels[index]?.values.length ?? 0),
    })),
    xAxis: panels.map((_panel, gridIndex) => ({ gridIndex, type: "value", min: 0, show: false })),
    yAxis: panels.map(({ values }, gridIndex) => ({
      gridIndex,
      type: "category",
      inverse: true,
      data: values.map(({ title }) => title),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: colours.text, fontSize: 12, interval: 0 },
    })),
    series: panels.map(({ values }, index) => ({
      type: "bar",
      xAxisIndex: index,
      yAxisIndex: index,
      barWidth: panel.bar - 8,
      label: { show: true, position: "right", color: colours.quiet, formatter: "{@value}" },
      data: values.map(({ title, value }) => ({
        value,
        itemStyle: { color: title.startsWith("rollout-client") ? colours.own : colours.other },
        label: { formatter: rounded(value) },
      })),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose(); // its animation timer would keep the process alive
  return svg;
}

/**
 * Three significant digits say all that these figures hold.
 *
 * @param {number} value
 */
function rounded(value) {
  return Number(value.toPrecision(3)).toLocaleString("en-US");
}
